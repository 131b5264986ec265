/** Stands above the value of a block whose lines are numbered. */
export const lineNumberWarning =
  "# NOTE: Line numbers shown below (with arrows like '1→') are a display to help you with edits. They are no part of the memory: leave them out when you call a memory tool.";

const lineNumberPrefix = /^[ \t]*\d+→[ \t]*/m;

/** The value as it is shown to models that see line numbers, each line closed; nothing for an empty value. */
export function numberLines(value: string): string {
  if (value === '') return '';
  return value
    .split('\n')
    .map((line, index) => `${index + 1}→ ${line}\n`)
    .join('');
}

/** Why texts with a part of the numbered display are refused, as it would end up inside of the memory; null where there is none. */
export function guarded(inputs: Readonly<Record<string, string>>): string | null {
  for (const [name, text] of Object.entries(inputs)) {
    const artefact = displayArtefactIn(text);
    if (artefact !== null) {
      return (
        `${name} contains a ${artefact}, which is not allowed. ` +
        'Do not include line numbers when calling memory tools (line numbers are for display purposes only).'
      );
    }
  }
  return null;
}

/** What of the numbered display stands in a text, or null. */
export function displayArtefactIn(text: string): 'line number prefix' | 'line number warning' | null {
  if (lineNumberPrefix.test(text)) return 'line number prefix';
  return text.includes(lineNumberWarning) ? 'line number warning' : null;
}
