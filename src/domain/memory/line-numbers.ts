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

/** What of the numbered display stands in a text, or null. */
export function displayArtefactIn(text: string): 'line number prefix' | 'line number warning' | null {
  if (lineNumberPrefix.test(text)) return 'line number prefix';
  return text.includes(lineNumberWarning) ? 'line number warning' : null;
}
