import { memoryEditTools, readMemoryRequest } from '../../domain/memory/memory-request.js';
import type { MemoryEditTool } from '../../domain/memory/memory-request.js';
import type { BlockEditsRepository } from '../../repositories/block-edits.repository.js';
import type { ToolExecutor, NamedExecutors } from './tool-executor.js';

export interface MemoryExecutorDeps {
  readonly blockEdits: BlockEditsRepository;
}

/** The tools that edit blocks, and those that only tell the loop something. */
export function createMemoryExecutors({ blockEdits }: MemoryExecutorDeps): NamedExecutors {
  const edit =
    (tool: MemoryEditTool): ToolExecutor =>
    async (call, args) => {
      const request = readMemoryRequest(tool, args);
      if (typeof request === 'string') return { status: 'error', value: request, errorType: 'ValueError' };
      const { message: value, ...outcome } = await blockEdits.editByTool({
        agentId: call.agentId,
        conversationId: call.conversationId,
        stepId: call.stepId,
        toolCallId: call.id,
        request,
      });
      return { ...outcome, value };
    };
  return {
    ...Object.fromEntries(memoryEditTools.map(tool => [tool, edit(tool)])),
    memory_finish_edits: () => Promise.resolve({ status: 'success', value: null }),
    send_message: () => Promise.resolve({ status: 'success', value: 'Sent message successfully.' }),
  };
}
