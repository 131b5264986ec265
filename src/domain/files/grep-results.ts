import { numberedLine } from './file-view.js';

/** A line that fits, with those around it. */
export interface GrepMatch {
  readonly fileName: string;
  /** From 0. */
  readonly line: number;
  readonly around: readonly { readonly line: number; readonly text: string }[];
}

export interface GrepResults {
  readonly pattern: string;
  readonly include: string | null;
  readonly contextLines: number;
  /** Matches before the page. */
  readonly offset: number;
  readonly page: readonly GrepMatch[];
  readonly total: number;
  /** There may be more matches than were counted. */
  readonly isCut: boolean;
  readonly counts: ReadonlyMap<string, number>;
  readonly searched: number;
  /** Files that are too large to be searched. */
  readonly skipped: readonly string[];
}

const rule = '='.repeat(80);

/** What the tool says that has searched files. */
export function renderGrep(results: GrepResults): string {
  const { pattern, include, offset, page, total, isCut, counts, searched, skipped } = results;
  const within = include === null ? '' : ` in files matching '${include}'`;
  if (total === 0) {
    const files = skipped.length === 0 ? '' : ` (searched ${searched} files, skipped ${skipped.length})`;
    return `No matches found for pattern: '${pattern}'${within}${files}`;
  }
  if (page.length === 0) return `No matches at offset ${offset}: there are ${total} matches for pattern: '${pattern}'${within}`;
  const last = offset + page.length;
  const shown = `(showing matches ${offset + 1}-${last} of ${total})`;
  return [
    `Found ${total} total matches across ${counts.size} files ${shown}${within}`,
    ...(isCut ? [`[TRUNCATED] Only the first ${total} matches were collected`] : []),
    ...skipped.map(name => `[SKIPPED] ${name}: too large to be searched`),
    rule,
    ...[...counts].toSorted(byCount).map(([name, count]) => `  ${name}: ${count} ${count === 1 ? 'match' : 'matches'}`),
    ...page.flatMap(match => ['', `=== ${match.fileName}:${match.line + 1} ===`, ...linesOf(match)]),
    '',
    rule,
    last < total ? `To see more matches, call: ${nextCall(results, last)}` : 'No more matches to show.',
  ].join('\n');
}

function linesOf({ line, around }: GrepMatch): readonly string[] {
  return around.map(entry => `${entry.line === line ? '>' : ' '} ${numberedLine(entry.line, entry.text)}`);
}

function byCount([a, aCount]: readonly [string, number], [b, bCount]: readonly [string, number]): number {
  return bCount - aCount || (a < b ? -1 : 1);
}

function nextCall({ pattern, include, contextLines }: GrepResults, offset: number): string {
  const more = [
    ...(include === null ? [] : [`include=${JSON.stringify(include)}`]),
    ...(contextLines === 1 ? [] : [`context_lines=${contextLines}`]),
  ];
  return `grep_files(${[`pattern=${JSON.stringify(pattern)}`, ...more, `offset=${offset}`].join(', ')})`;
}
