import { textOfValue } from '../../domain/tools/pack-tool-return.js';
import type { TrialResult } from '../../domain/tools/tool-trial.js';
import { commonFields, wireDate } from './wire-fields.js';

/** V1's ToolExecutionResult. */
export function presentTrialResult({ status, value, stdout, stderr }: TrialResult) {
  return { status, func_return: value ?? null, agent_state: null, stdout, stderr, sandbox_config_fingerprint: null };
}

/** V1's answer to a source that is run: a message of no agent, whose ids are words. */
export function presentTrialMessage(name: string, { status, value, stdout, stderr }: TrialResult, at: Date) {
  const told = { tool_return: textOfValue(value), status, tool_call_id: 'null', stdout, stderr };
  return {
    ...commonFields('null', wireDate(at.toISOString())),
    name,
    message_type: 'tool_return_message',
    ...told,
    tool_returns: [{ type: 'tool', ...told }],
  };
}
