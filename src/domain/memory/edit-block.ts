import { assertNever } from '../assert-never.js';
import { storableText } from '../storable-text.js';
import { countCharacters } from './count-characters.js';
import type { BlockEdit, EditableBlock, EditResult } from './editable-block.js';
import { expandTabs } from './expand-tabs.js';
import { displayArtefactIn } from './line-numbers.js';

export interface EditOptions {
  /** V1 shows a block's limit to the model and does not hold it; true refuses an edit that would exceed it. */
  readonly enforceLimit: boolean;
}

/** The outcome of a memory tool on the blocks of an agent: the block's new value, or what the model is told instead. */
export function editBlock(blocks: readonly EditableBlock[], edit: BlockEdit, options: EditOptions = { enforceLimit: false }): EditResult {
  const block = blocks.find(candidate => candidate.label === edit.label);
  if (block === undefined) {
    const labels = blocks.map(candidate => candidate.label).join(', ');
    return { kind: 'error', errorType: 'KeyError', message: `Block field ${edit.label} does not exist (available sections = ${labels})` };
  }
  if (block.readOnly) return failure('Error This block is read-only and cannot be edited.');
  const applied = applyEdit(block, edit);
  if (applied.kind === 'error') return applied;
  const result = { ...applied, value: storableText(applied.value) };
  if (!options.enforceLimit) return result;
  const size = countCharacters(result.value);
  if (size <= block.limit) return result;
  return failure(`Edit failed: Exceeds ${block.limit} character limit (requested ${size})`);
}

function applyEdit(block: EditableBlock, edit: BlockEdit): EditResult {
  switch (edit.kind) {
    case 'core_memory_append':
      return { kind: 'ok', value: `${block.value}\n${edit.content}` };
    case 'core_memory_replace':
      return replaceAll(block, edit.oldContent, edit.newContent);
    case 'memory_replace':
      return replaceOnce(block, edit.oldString, edit.newString);
    case 'memory_insert':
      return insertLines(block, edit.newString, edit.insertLine);
    case 'memory_rethink':
      return guarded({ new_memory: edit.newMemory }) ?? { kind: 'ok', value: edit.newMemory };
    default:
      return assertNever(edit);
  }
}

function replaceAll(block: EditableBlock, oldContent: string, newContent: string): EditResult {
  // An empty text stands between all characters: replacing it makes sense in an empty block only.
  const isThere = oldContent === '' ? block.value === '' : block.value.includes(oldContent);
  if (!isThere) return failure(`Old content '${oldContent}' not found in memory block '${block.label}'`);
  return { kind: 'ok', value: oldContent === '' ? newContent : block.value.split(oldContent).join(newContent) };
}

function replaceOnce(block: EditableBlock, oldString: string, newString: string): EditResult {
  const refusal = guarded({ old_string: oldString, new_string: newString });
  if (refusal !== null) return refusal;
  const value = expandTabs(block.value);
  const wanted = expandTabs(oldString);
  const pieces = wanted === '' ? [...value, ''] : value.split(wanted);
  if (pieces.length === 1 && wanted === '') return { kind: 'ok', value: expandTabs(newString) };
  if (pieces.length === 1) {
    return failure(
      `No replacement was performed, old_string \`${wanted}\` did not appear verbatim in memory block with label \`${block.label}\`.`,
    );
  }
  if (pieces.length === 2 && wanted !== '') return { kind: 'ok', value: pieces.join(expandTabs(newString)) };
  const lines = value.split('\n').flatMap((line, index) => (line.includes(wanted) ? [index + 1] : []));
  return failure(
    `No replacement was performed. Multiple occurrences of old_string \`${wanted}\` in lines [${lines.join(', ')}]. Please ensure it is unique.`,
  );
}

function insertLines(block: EditableBlock, newString: string, insertLine: number): EditResult {
  const refusal = guarded({ new_string: newString });
  if (refusal !== null) return refusal;
  const lines = expandTabs(block.value).split('\n');
  const position = insertLine === -1 ? lines.length : insertLine;
  if (!Number.isInteger(position) || position < 0 || position > lines.length) {
    return failure(
      `Invalid \`insert_line\` parameter: ${insertLine}. It should be within the range of lines of the memory block: [0, ${lines.length}], ` +
        'or -1 to append to the end of the memory block.',
    );
  }
  return { kind: 'ok', value: [...lines.slice(0, position), expandTabs(newString), ...lines.slice(position)].join('\n') };
}

/** Refuses texts that hold what the prompt only displays: they would end up inside of the memory. */
function guarded(inputs: Readonly<Record<string, string>>): EditResult | null {
  for (const [name, text] of Object.entries(inputs)) {
    const artefact = displayArtefactIn(text);
    if (artefact !== null) {
      return failure(
        `${name} contains a ${artefact}, which is not allowed. ` +
          'Do not include line numbers when calling memory tools (line numbers are for display purposes only).',
      );
    }
  }
  return null;
}

function failure(message: string): EditResult {
  return { kind: 'error', errorType: 'ValueError', message };
}
