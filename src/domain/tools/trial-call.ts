import type { RetryClass } from './builtin-tool.js';
import { builtinTool } from './builtin-tools.js';
import { executionOfKind } from './tool-kind.js';
import type { TrialCall } from './tool-trial.js';

export interface CallableTool {
  readonly name: string;
  readonly toolType: string;
  readonly sourceType: string;
  readonly retryClass: RetryClass;
  readonly timeoutMs: number | null;
}

/** How a tool may be executed outside of any run: as in one. */
export function trialCallOf(tool: CallableTool, defaultTimeoutMs: number): TrialCall {
  const { name, retryClass, timeoutMs } = tool;
  return { toolName: name, execution: executionOf(tool), retryClass, timeoutMs: timeoutMs ?? defaultTimeoutMs };
}

/** Nothing outside of a run is part of a workflow's task. */
function executionOf(tool: CallableTool): TrialCall['execution'] {
  const builtin = builtinTool(tool.name);
  if (builtin === null) return executionOfKind(tool);
  return builtin.execution === 'sandbox' ? 'sandbox' : 'external';
}
