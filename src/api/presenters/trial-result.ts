import type { TrialResult } from '../../domain/tools/tool-trial.js';

/** V1's ToolExecutionResult. */
export function presentTrialResult({ status, value, stdout, stderr }: TrialResult) {
  return { status, func_return: value ?? null, agent_state: null, stdout, stderr, sandbox_config_fingerprint: null };
}
