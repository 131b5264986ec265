const persona =
  'Who you are: your name, character, manner of speaking and how you want to act. It keeps you the same person from one conversation to the next.';
const human =
  'What you know of the person you talk with: name, background, preferences, plans and what matters to them. It lets you treat them as someone you know.';

const descriptions: Readonly<Record<string, string>> = { persona, human, 'system/persona': persona, 'system/human': human };

/** The description of a block that was made without one; null for labels that do not speak for themselves. */
export function defaultBlockDescription(label: string): string | null {
  return Object.hasOwn(descriptions, label) ? (descriptions[label] ?? null) : null;
}
