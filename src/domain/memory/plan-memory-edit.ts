import { assertNever } from '../assert-never.js';
import { editBlock } from './edit-block.js';
import type { EditOptions } from './edit-block.js';
import type { BlockEdit, EditableBlock, EditRefusal } from './editable-block.js';
import { changeBlocks } from './change-blocks.js';
import type { BlockOperation } from './change-blocks.js';
import { blockLabel } from './memory-patch.js';
import type { MemoryPlan } from './memory-plan.js';
import type { MemoryRequest } from './memory-request.js';

/** V1's words, and when: the request that is under way keeps the prompt that it has. */
const recompiled = 'Your system prompt has been recompiled, and shows it from the next request on.';

/** What a memory tool's call does to the blocks that its conversation shows. */
export function planMemoryEdit(blocks: readonly EditableBlock[], request: MemoryRequest, options: EditOptions): MemoryPlan {
  const change = (operations: readonly BlockOperation[], message: string): MemoryPlan => {
    const changes = changeBlocks(blocks, operations, options);
    return 'kind' in changes ? refused(changes) : { kind: 'planned', changes, message };
  };
  switch (request.kind) {
    case 'edit':
      return planEdit(blocks, request.edit, options);
    case 'edit_at_path':
      return planEdit(blocks, { ...request.edit, label: labelAt(blocks, request.edit.label) }, options);
    case 'create': {
      const { description, value } = request;
      const label = blockLabel(request.path);
      return change([{ kind: 'add', label, description, value }], `Successfully created memory block '${label}'. ${recompiled}`);
    }
    case 'delete': {
      const label = labelAt(blocks, request.path);
      const plan = change([{ kind: 'delete', label }], `Successfully deleted memory block '${label}'. ${recompiled}`);
      return plan.kind === 'planned' ? plan : { ...plan, status: 'success', message: `Error performing delete: ${plan.message}` };
    }
    case 'rename': {
      const label = labelAt(blocks, request.path);
      const moveTo = blockLabel(request.newPath).replaceAll('/', '_');
      const message = `Successfully renamed memory block '${label}' to '${moveTo}'. ${recompiled}`;
      return change([{ kind: 'update', label, moveTo, patch: '' }], message);
    }
    case 'describe': {
      const label = labelAt(blocks, request.path);
      const message = `Successfully updated the description of memory block '${label}'. ${recompiled}`;
      return change([{ kind: 'describe', label, description: request.description }], message);
    }
    case 'patch': {
      const lines = request.operations.map(describeOperation).join('\n');
      return change(request.operations, `Successfully applied memory patch operations. ${recompiled}\n\nOperations completed:\n${lines}`);
    }
    default:
      return assertNever(request);
  }
}

function planEdit(blocks: readonly EditableBlock[], edit: BlockEdit, options: EditOptions): MemoryPlan {
  const result = editBlock(blocks, edit, options);
  if (result.kind === 'error') return refused(result, edit.label);
  const description = blocks.find(block => block.label === edit.label)?.description ?? null;
  const to = { label: edit.label, value: result.value, description };
  return { kind: 'planned', changes: [{ kind: 'edit', label: edit.label, to }], message: null };
}

function refused({ message, errorType, tellsValue }: EditRefusal, label?: string): MemoryPlan & { kind: 'refused' } {
  return { kind: 'refused', status: 'error', message, errorType, tellsValueOf: tellsValue === true ? (label ?? null) : null };
}

/** V1 keeps the slashes of a path in some commands and not in others; the block that is there tells which of both is meant. */
function labelAt(blocks: readonly EditableBlock[], path: string): string {
  const label = blockLabel(path);
  const flat = label.replaceAll('/', '_');
  return !blocks.some(block => block.label === label) && blocks.some(block => block.label === flat) ? flat : label;
}

function describeOperation(operation: BlockOperation): string {
  const { label } = operation;
  switch (operation.kind) {
    case 'add':
      return `- Created memory block '${label}'`;
    case 'delete':
      return `- Deleted memory block '${label}'`;
    case 'describe':
      return `- Updated memory block '${label}'`;
    case 'update': {
      const moved = operation.moveTo === null ? [] : [`- Renamed memory block '${label}' to '${operation.moveTo}'`];
      const updated = operation.patch.trim() === '' ? [] : [`- Updated memory block '${operation.moveTo ?? label}'`];
      return [...moved, ...updated].join('\n');
    }
  }
}
