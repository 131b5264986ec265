import type { LineRange } from './file-view.js';

export interface OpenedFile {
  readonly fileName: string;
  readonly range: LineRange;
  /** What was shown of it before; null = it was closed. */
  readonly before: LineRange | null;
}

export interface OpenedFiles {
  readonly opened: readonly OpenedFile[];
  /** By the call itself. */
  readonly closed: readonly string[];
  /** For want of room. */
  readonly evicted: readonly string[];
}

/** What the tool says that has opened files. */
export function describeOpened({ opened, closed, evicted }: OpenedFiles): string {
  const files = opened.map(({ fileName, range, before }) => `${fileName}${linesOf(range)}${beforeOf(before)}`);
  return [
    files.length === 1 ? `* Opened ${files.join('')}` : `* Opened ${files.length} files: ${files.join(', ')}`,
    ...(closed.length === 0 ? [] : [`Note: Closed ${closed.length} file(s) due to close_all_others=True: ${closed.join(', ')}`]),
    ...(evicted.length === 0
      ? []
      : [`Note: Closed ${evicted.length} least recently used file(s) due to open file limit: ${evicted.join(', ')}`]),
  ].join('\n');
}

function linesOf({ start, end }: LineRange): string {
  return start === null ? '' : ` (lines ${start + 1}-${end ?? 'end'})`;
}

function beforeOf(range: LineRange | null): string {
  if (range === null) return '';
  return range.start === null ? ' (previously full file)' : ` (previously lines ${range.start + 1}-${range.end ?? 'end'})`;
}
