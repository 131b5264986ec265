import { assertNever } from '../assert-never.js';
import { storableText } from '../storable-text.js';
import { applyBlockPatch } from './apply-block-patch.js';
import { limitViolation } from './block-limit.js';
import type { BlockEdit, EditableBlock, EditRefusal, EditResult, MergeTexts } from './editable-block.js';
import { insertLines, replaceAll, replaceOnce } from './edit-text.js';
import { expandTabs } from './expand-tabs.js';
import { guarded } from './line-numbers.js';

export interface EditOptions {
  /** V1 shows a block's limit to the model and does not hold it; true refuses an edit that would exceed it. */
  readonly enforceLimit: boolean;
  readonly merge: MergeTexts;
}

/** The outcome of a memory tool on the blocks of an agent: the block's new value, or what the model is told instead. */
export function editBlock(blocks: readonly EditableBlock[], edit: BlockEdit, options: EditOptions): EditResult {
  const block = blocks.find(candidate => candidate.label === edit.label);
  if (block === undefined) return unknownBlock(blocks, edit.label);
  if (block.readOnly) return readOnlyRefusal;
  const applied = applyEdit(block, edit, options.merge);
  if (applied.kind === 'error') return applied;
  const result = { ...applied, value: storableText(applied.value) };
  const violation = options.enforceLimit ? limitViolation({ value: result.value, limit: block.limit }, block) : null;
  return violation === null ? result : refusal(violation);
}

export const readOnlyRefusal: EditRefusal = refusal('Error This block is read-only and cannot be edited.');

export function unknownBlock(blocks: readonly EditableBlock[], label: string): EditRefusal {
  const labels = blocks.map(candidate => candidate.label).join(', ');
  return { kind: 'error', errorType: 'KeyError', message: `Block field ${label} does not exist (available sections = ${labels})` };
}

export function refusal(message: string): EditRefusal {
  return { kind: 'error', errorType: 'ValueError', message };
}

function applyEdit(block: EditableBlock, edit: BlockEdit, merge: MergeTexts): EditResult {
  switch (edit.kind) {
    case 'core_memory_append':
      return { kind: 'ok', value: `${block.value}\n${edit.content}` };
    case 'core_memory_replace':
      return toldOfChange(block, replaceAll(block, edit.oldContent, edit.newContent));
    case 'memory_replace':
      return toldOfChange(block, replaceOnce(block, edit.oldString, edit.newString));
    case 'memory_insert':
      return insert(block, edit, merge);
    case 'memory_rethink': {
      const artefact = guarded({ new_memory: edit.newMemory });
      return artefact === null ? merged(block, edit.newMemory, merge) : refusal(artefact);
    }
    case 'memory_apply_patch':
      return toldOfChange(block, applyBlockPatch(block, edit.patch));
    default:
      return assertNever(edit);
  }
}

/** A line's number is that of the text which the model has seen. */
function insert(block: EditableBlock, edit: Extract<BlockEdit, { kind: 'memory_insert' }>, merge: MergeTexts): EditResult {
  const seen = edit.insertLine === -1 ? null : (block.seen ?? null);
  const inserted = insertLines({ ...block, value: seen ?? block.value }, edit.newString, edit.insertLine);
  return inserted.kind === 'error' || seen === null ? inserted : merged(block, inserted.value, merge, expandTabs);
}

/** What a model makes of the text that it has seen, together with what others have made of it since. */
function merged(block: EditableBlock, mine: string, merge: MergeTexts, written = (text: string): string => text): EditResult {
  const seen = block.seen ?? null;
  if (seen === null) return { kind: 'ok', value: mine };
  const value = merge(written(seen), mine, written(block.value));
  if (value !== null) return { kind: 'ok', value };
  return {
    ...refusal(`${changedByOthers(block, 'in the same place')}\nWhat you wanted to write:\n${mine}`),
    tellsValue: true,
  };
}

/** An edit that does not fit because the block is no longer what the model saw: it is told the text as it is now. */
function toldOfChange(block: EditableBlock, result: EditResult): EditResult {
  if (result.kind === 'ok' || (block.seen ?? null) === null) return result;
  return { ...result, message: `${result.message}\n${changedByOthers(block)}`, tellsValue: true };
}

function changedByOthers(block: EditableBlock, where = ''): string {
  const place = where === '' ? '' : `, ${where}`;
  return `Nothing was written: memory block '${block.label}' has been changed by others since you saw it${place}. Edit it as it is now:\n${block.value}`;
}
