import { createTwoFilesPatch } from 'diff';
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

/** Without the lines above the file names, which name the file once more. */
function unifiedDiff(from: BlockVersionRecord, to: BlockVersionRecord): string {
  const patch = createTwoFilesPatch(from.label, to.label, from.value, to.value, `version ${from.version}`, `version ${to.version}`);
  return patch.slice(patch.indexOf('--- '));
}
