import type { CallFacts } from '../../domain/agent-loop/loop-types.js';
import type { ToolCall } from '../../domain/messages/content.js';
import { builtinTool } from '../../domain/tools/builtin-tools.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import type { AttachedTool } from '../../repositories/attached-tools.js';

/** What the workflow has to know of a call. A tool that is not attached is run all the same: its return tells the model so. */
export function callFacts(call: ToolCall, index: number, tools: readonly AttachedTool[], defaultTimeoutMs: number): CallFacts {
  const tool = tools.find(candidate => candidate.name === call.name);
  const builtin = tool === undefined ? null : builtinTool(tool.name);
  return {
    index,
    toolName: call.name,
    execution: tool === undefined ? 'database' : (builtin?.execution ?? 'external'),
    retryClass: tool?.retryClass ?? 'always',
    timeoutMs: tool?.timeoutMs ?? defaultTimeoutMs,
    parallel: tool?.enableParallelExecution ?? false,
    requestHeartbeat: parseArguments(call.arguments).requestsHeartbeat,
    needsApproval: false,
  };
}
