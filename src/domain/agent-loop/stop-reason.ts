export type StopReason =
  | 'end_turn'
  | 'tool_rule'
  | 'max_steps'
  | 'requires_approval'
  | 'cancelled'
  | 'no_tool_call'
  | 'invalid_tool_call'
  | 'invalid_llm_response'
  | 'llm_api_error'
  | 'max_tokens_exceeded'
  | 'context_window_overflow_in_system_prompt'
  | 'insufficient_credits'
  | 'error'
  /** Of this server, beside V1's. */
  | 'budget_exceeded';

export type RunStatus = 'created' | 'running' | 'completed' | 'failed' | 'cancelled';

const completedReasons: readonly StopReason[] = ['end_turn', 'tool_rule', 'max_steps', 'requires_approval'];

/** V1's map from why a run stopped to how it counts. */
export function statusForStopReason(reason: StopReason): 'completed' | 'failed' | 'cancelled' {
  if (reason === 'cancelled') return 'cancelled';
  return completedReasons.includes(reason) ? 'completed' : 'failed';
}
