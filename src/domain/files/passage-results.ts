export interface FoundFilePassage {
  readonly fileName: string;
  readonly text: string;
}

/** Lines that are shown of a passage. */
const mostLines = 20;

/** What the tool says that has searched files by meaning: the passages of one file together. */
export function passageText(query: string, passages: readonly FoundFilePassage[], degraded: boolean): string {
  if (passages.length === 0) return `No semantic matches found for query: '${query}'`;
  const names = [...new Set(passages.map(({ fileName }) => fileName))];
  const ordered = names.flatMap(name => passages.filter(({ fileName }) => fileName === name));
  const summary = `Found ${passages.length} semantic matches in ${names.length} file${names.length === 1 ? '' : 's'} for query: '${query}'`;
  return [
    summary,
    '='.repeat(summary.length),
    ...ordered.flatMap((passage, index) => ['', `=== ${passage.fileName} (passage #${index + 1}) ===`, ...shownLines(passage.text)]),
    ...(degraded ? ['', 'Note: The vector store did not answer. These passages were found by their words alone.'] : []),
  ].join('\n');
}

function shownLines(text: string): readonly string[] {
  const lines = text.trim().split(/\r\n|\n|\r/);
  const shown = lines.slice(0, mostLines).map(line => `  ${line}`);
  return lines.length > mostLines ? [...shown, `  ... [truncated ${lines.length - mostLines} more lines]`] : shown;
}
