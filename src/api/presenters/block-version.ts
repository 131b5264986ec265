import { createTwoFilesPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';
import type { BlockVersionRecord } from '../../repositories/block-history.repository.js';
import { instantOrNull } from './wire-fields.js';

export function presentBlockVersion(blockId: string, version: BlockVersionRecord) {
  return {
    block_id: blockId,
    version: version.version,
    label: version.label,
    value: version.value,
    limit: version.limit,
    description: version.description,
    read_only: version.readOnly,
    action: version.action,
    restores: version.restores,
    author_type: version.authorType,
    author_id: version.authorId,
    run_id: version.runId,
    step_id: version.stepId,
    tool_call_id: version.toolCallId,
    checkpoint: version.checkpoint,
    created_at: instantOrNull(version.createdAt),
  };
}

export function presentBlockDiff(blockId: string, from: BlockVersionRecord, to: BlockVersionRecord) {
  const [before, after] = [presentBlockVersion(blockId, from), presentBlockVersion(blockId, to)];
  const members = ['label', 'value', 'limit', 'description', 'read_only'] as const;
  return {
    block_id: blockId,
    from: before,
    to: after,
    changed: members.filter(member => before[member] !== after[member]),
    diff: from.value === to.value ? '' : unifiedDiff(from, to),
  };
}

/** How far apart two texts may be to be compared line by line, and for how long one request may keep the others of this process waiting. */
const effort = { maxEditLength: 1000, timeout: 300 };

function unifiedDiff(from: BlockVersionRecord, to: BlockVersionRecord): string {
  const headers = [`version ${from.version}`, `version ${to.version}`] as const;
  const options = { ...effort, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from.label, to.label, from.value, to.value, ...headers, options) ?? replacement(from, to, headers);
}

/** The whole text in the place of the whole text. */
function replacement(from: BlockVersionRecord, to: BlockVersionRecord, [oldHeader, newHeader]: readonly [string, string]): string {
  const [before, after] = [hunkLines('-', from.value), hunkLines('+', to.value)];
  const hunk = { oldStart: 1, oldLines: before.count, newStart: 1, newLines: after.count, lines: [...before.lines, ...after.lines] };
  return formatPatch({ oldFileName: from.label, newFileName: to.label, oldHeader, newHeader, hunks: [hunk] }, FILE_HEADERS_ONLY);
}

function hunkLines(sign: '-' | '+', text: string) {
  const lines = text.split('\n');
  const isEnded = lines.at(-1) === '';
  if (isEnded) lines.pop();
  const marked = lines.map(line => `${sign}${line}`);
  return { count: lines.length, lines: isEnded ? marked : [...marked, '\\ No newline at end of file'] };
}
