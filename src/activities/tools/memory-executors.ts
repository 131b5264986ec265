import { blockEditTools, readBlockEdit } from '../../domain/memory/block-edit-request.js';
import type { BlockEditTool } from '../../domain/memory/block-edit-request.js';
import type { BlockEditsRepository } from '../../repositories/block-edits.repository.js';
import type { ToolExecutor, ToolExecutors } from './tool-executor.js';

export interface MemoryExecutorDeps {
  readonly blockEdits: BlockEditsRepository;
}

/** The tools that edit blocks, and those that only tell the loop something. */
export function createMemoryExecutors({ blockEdits }: MemoryExecutorDeps): ToolExecutors {
  const edit =
    (tool: BlockEditTool): ToolExecutor =>
    async (call, args) => {
      const request = readBlockEdit(tool, args);
      if (request.kind === 'missing') return { status: 'error', value: `Missing required argument: ${request.names.join(', ')}` };
      const result = await blockEdits.editByTool({
        agentId: call.agentId,
        conversationId: call.conversationId,
        stepId: call.stepId,
        toolCallId: call.id,
        edit: request.edit,
      });
      return result.kind === 'ok' ? { status: 'success', value: result.value } : { status: 'error', value: result.message };
    };
  return {
    ...Object.fromEntries(blockEditTools.map(tool => [tool, edit(tool)])),
    memory_finish_edits: () => Promise.resolve({ status: 'success', value: null }),
    send_message: () => Promise.resolve({ status: 'success', value: 'Sent message successfully.' }),
  };
}
