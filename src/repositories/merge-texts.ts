import { diff3Merge } from 'node-diff3';
import type { MergeTexts } from '../domain/memory/editable-block.js';

/**
 * What comparing may cost, in candidates that are looked at: some tenths of a second. It grows with the cube of the lines that look alike (empty ones), and
 * whoever runs in this process waits meanwhile.
 */
const mostComparisons = 5e7;

/**
 * Line by line: two edits are in different places when at least one line that neither has changed lies between them. What would take too long to compare
 * counts as a conflict.
 */
export const mergeTexts: MergeTexts = (base, mine, theirs) => {
  const [baseLines, myLines, theirLines] = [base.split('\n'), mine.split('\n'), theirs.split('\n')];
  const [myPart, theirPart] = [changedPart(baseLines, myLines), changedPart(baseLines, theirLines)];
  if (myPart.end < theirPart.start) return join(baseLines, [myPart, theirPart]);
  if (theirPart.end < myPart.start) return join(baseLines, [theirPart, myPart]);
  const start = Math.min(myPart.start, theirPart.start);
  const end = Math.max(myPart.end, theirPart.end);
  const inside = (lines: readonly string[]): string[] => lines.slice(start, lines.length - (baseLines.length - end));
  const merged = mergeLines(inside(baseLines), inside(myLines), inside(theirLines));
  return merged === null ? null : join(baseLines, [{ start, end, lines: merged }]);
};

/** What stands in the place of the lines from `start` to before `end`. */
interface ChangedPart {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** All that lies between the first and the last change. */
function changedPart(base: readonly string[], changed: readonly string[]): ChangedPart {
  const shorter = Math.min(base.length, changed.length);
  let start = 0;
  while (start < shorter && base[start] === changed[start]) start += 1;
  let after = 0;
  while (after < shorter - start && base.at(-1 - after) === changed.at(-1 - after)) after += 1;
  return { start, end: base.length - after, lines: changed.slice(start, changed.length - after) };
}

function join(base: readonly string[], parts: readonly ChangedPart[]): string {
  const pieces: (readonly string[])[] = [];
  let from = 0;
  for (const { start, end, lines } of parts) {
    pieces.push(base.slice(from, start), lines);
    from = end;
  }
  return [...pieces, base.slice(from)].flat().join('\n');
}

function mergeLines(base: string[], mine: string[], theirs: string[]): readonly string[] | null {
  if (comparisons(base, mine) + comparisons(base, theirs) > mostComparisons) return null;
  const merged: (readonly string[])[] = [];
  for (const { ok } of diff3Merge(mine, base, theirs, { excludeFalseConflicts: true })) {
    if (ok === undefined) return null;
    merged.push(ok);
  }
  return merged.flat();
}

/** At most: for each pair of lines that look alike, each common line that is known by then. */
function comparisons(base: readonly string[], changed: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of changed) counts.set(line, (counts.get(line) ?? 0) + 1);
  const pairs = base.map(line => counts.get(line) ?? 0);
  const common = pairs.filter(count => count > 0).length;
  return pairs.reduce((sum, count) => sum + count, 0) * common;
}
