import type { ToolReturn } from '../../domain/messages/content.js';
import { packToolReturn } from '../../domain/tools/pack-tool-return.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';

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
    stdout: null,
    stderr: errorLines(call.name, result),
  };
}

export function failure(value: string): ToolResult {
  return { status: 'error', value };
}

/** Characters. */
const longestErrorLine = 1000;

/** V1's line for what went wrong within a tool of its own; its text alone is what the model reads. */
function errorLines(toolName: string, { status, value, errorType }: ToolResult): readonly string[] | null {
  if (status !== 'error' || errorType === undefined || typeof value !== 'string') return null;
  return [`Error executing function ${toolName}: ${errorType}: ${value}`.slice(0, longestErrorLine)];
}
