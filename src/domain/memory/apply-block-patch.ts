import type { EditResult } from './editable-block.js';
import { guarded } from './line-numbers.js';

interface Hunk {
  /** Lines that have to stand in the block one behind the other; none = the new lines go to its end. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * memory_apply_patch on one block: lines with ` `, `-` and `+`, in hunks that are parted by lines with `@@`. Where a hunk goes its lines say, not its
 * numbers.
 */
export function applyBlockPatch(block: { readonly label: string; readonly value: string }, patch: string): EditResult {
  const artefact = guarded({ patch: patch.replaceAll(/^[ +-]/gm, '') });
  if (artefact !== null) return failure(artefact);
  const hunks = parseHunks(patch);
  if (typeof hunks === 'string') return failure(hunks);
  if (hunks.length === 0) return failure('Failed to apply patch: it has no hunks, which are lines with + or - and the lines around them');
  let lines: readonly string[] = block.value === '' ? [] : block.value.split('\n');
  for (const hunk of hunks) {
    const patched = applyHunk(lines, hunk, block.label);
    if (typeof patched === 'string') return failure(patched);
    lines = patched;
  }
  return { kind: 'ok', value: lines.join('\n') };
}

/** The text = what is wrong with the patch. */
function parseHunks(patch: string): readonly Hunk[] | string {
  const hunks: { before: string[]; after: string[]; changes: boolean }[] = [];
  let hunk: (typeof hunks)[number] | null = null;
  for (const line of patchLines(patch)) {
    if (line.startsWith('@@')) {
      hunk = null;
      continue;
    }
    if (hunk === null) hunks.push((hunk = { before: [], after: [], changes: false }));
    const sign = line.charAt(0);
    if (sign !== '' && sign !== ' ' && sign !== '-' && sign !== '+')
      return `Failed to apply patch: a line has to begin with a space, - or +, and this one does not: ${line}`;
    if (sign !== '+') hunk.before.push(line.slice(1));
    if (sign !== '-') hunk.after.push(line.slice(1));
    if (sign === '+' || sign === '-') hunk.changes = true;
  }
  return hunks.filter(candidate => candidate.changes);
}

/** Without the lines that some models put around a patch. */
function patchLines(patch: string): readonly string[] {
  const lines = patch.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  return lines.filter(line => !/^\*\*\* (Begin Patch|End Patch|End of File)\s*$/.test(line));
}

/** The text = why it does not fit. */
function applyHunk(lines: readonly string[], { before, after }: Hunk, label: string): readonly string[] | string {
  if (before.length === 0) return [...lines, ...after];
  const places = lines.flatMap((_, at) => (before.every((line, index) => lines[at + index] === line) ? [at] : []));
  const [place] = places;
  const shown = before.join('\n');
  if (place === undefined) return `Failed to apply patch: hunk not found in memory block '${label}':\n${shown}`;
  if (places.length > 1)
    return `Failed to apply patch: hunk is ambiguous, it matches lines [${places.map(at => at + 1).join(', ')}] of memory block '${label}':\n${shown}`;
  return [...lines.slice(0, place), ...after, ...lines.slice(place + before.length)];
}

function failure(message: string): EditResult {
  return { kind: 'error', errorType: 'ValueError', message };
}
