import type { ToolReturn } from '../../domain/messages/content.js';
import { packToolReturn } from '../../domain/tools/pack-tool-return.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';
import { printedLines } from './printed-lines.js';

const defaultReturnCharLimit = 50_000;

/** A tool's result as it is kept and as the model reads it. */
export function toReturn({ call, tool, timezone }: ToolCallContext, result: ToolResult): ToolReturn {
  return {
    toolCallId: call.id,
    toolName: call.name,
    status: result.status,
    content: packToolReturn({
      toolName: call.name,
      result,
      returnCharLimit: tool?.returnCharLimit ?? defaultReturnCharLimit,
      time: { at: new Date(), timezone },
    }),
    ...printedLines(call.name, result, tool?.returnCharLimit ?? defaultReturnCharLimit),
  };
}

export function failure(value: string): ToolResult {
  return { status: 'error', value };
}

export function untakenText(toolName: string, waitedMs: number): string {
  return `Tool '${toolName}' was not run: no worker for sandboxed tools has taken the call within ${waitedMs / 1000} seconds.`;
}
