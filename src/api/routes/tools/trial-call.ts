import { builtinTool } from '../../../domain/tools/builtin-tools.js';
import { executionOfKind } from '../../../domain/tools/tool-kind.js';
import type { TrialCall } from '../../../domain/tools/tool-trial.js';
import type { ToolRecord } from '../../../repositories/tool-record.js';

/** How a tool may be executed outside of any run: as in one. */
export function trialCallOf(tool: ToolRecord, defaultTimeoutMs: number): TrialCall {
  const { name, retryClass, timeoutMs } = tool;
  const execution = builtinTool(name) === undefined ? executionOfKind(tool) : 'external';
  return { toolName: name, execution, retryClass, timeoutMs: timeoutMs ?? defaultTimeoutMs };
}
