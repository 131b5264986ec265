import { diff3Merge } from 'node-diff3';
import type { MergeTexts } from '../domain/memory/editable-block.js';

/** Line by line: two edits are in different places when at least one line that neither has changed lies between them. */
export const mergeTexts: MergeTexts = (base, mine, theirs) => {
  const regions = diff3Merge(mine.split('\n'), base.split('\n'), theirs.split('\n'), { excludeFalseConflicts: true });
  const lines: string[] = [];
  for (const { ok } of regions) {
    if (ok === undefined) return null;
    lines.push(...ok);
  }
  return lines.join('\n');
};
