import type { ToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import type { ToolReturn } from '../../domain/messages/content.js';
import type { EndedToolCall } from '../../repositories/tool-calls.repository.js';

/** What the loop gets to know of a call's end; its text stays in the database. */
export function outcomeOf(input: ToolCallInput, status: EndedToolCall['status'], result: ToolReturn | null): ToolCallOutcome {
  return {
    index: input.call.index,
    toolName: input.call.toolName,
    status: status === 'cut_off' || result === null ? 'cut-off' : result.status,
    cancelled: false,
  };
}
