import type { LoopTraits, ModelOutcome, RunEnd, StepDecision, ToolCallOutcome } from './loop-types.js';
import type { StopReason } from './stop-reason.js';

export interface DecideInput {
  readonly traits: LoopTraits;
  readonly response: Extract<ModelOutcome, { kind: 'response' }>;
  readonly outcomes: readonly ToolCallOutcome[];
  readonly isLast: boolean;
}

/** What follows a model response whose calls have run. */
export function decideNext(input: DecideInput): StepDecision {
  if (input.response.finish === 'cancelled' || input.outcomes.some(outcome => outcome.cancelled)) return stop('cancelled');
  if (input.response.finish === 'content_filter') {
    return stop('llm_api_error', 'llm_error', "The LLM provider's content filter cut the response off.", 400);
  }
  const { calls, budgetEnd } = input.response;
  if (calls.length === 0 && budgetEnd != null) return { continues: false, end: budgetEnd, heartbeatReason: null };
  return input.traits.heartbeats ? decideHeartbeatStep(input) : decideStep(input);
}

function decideStep({ traits, response, outcomes, isLast }: DecideInput): StepDecision {
  if (response.calls.length === 0) return stop(response.finish === 'length' ? 'max_tokens_exceeded' : 'end_turn');
  if (outcomes.some(outcome => traits.exitTools.includes(outcome.toolName))) return stop('tool_rule');
  return isLast ? stop('max_steps') : { continues: true, end: null, heartbeatReason: null };
}

/** Only the first call counts: these types run one call a step. */
function decideHeartbeatStep({ traits, response, isLast }: DecideInput): StepDecision {
  const call = response.calls[0];
  if (call === undefined) {
    if (response.finish === 'length') return stop('max_tokens_exceeded');
    return stop('no_tool_call', 'llm_error', 'The model answered without calling a tool, which this type of agent needs in every step.');
  }
  const asked = call.requestHeartbeat === true;
  if (traits.exitTools.includes(call.toolName)) return stop(asked ? 'tool_rule' : 'end_turn');
  const forced = traits.continueTools.includes(call.toolName);
  if (!asked && !forced) return stop('end_turn');
  if (isLast) return stop('max_steps');
  const reason = asked
    ? 'Function called using request_heartbeat=true, returning control'
    : `Continuing: the tool ${call.toolName} has to be followed by another step`;
  return { continues: true, end: null, heartbeatReason: reason };
}

function stop(stopReason: StopReason, errorType?: string, message?: string, status = 500): StepDecision {
  const error = errorType === undefined || message === undefined ? null : { type: errorType, message, detail: null, status };
  const end: RunEnd = { stopReason, error };
  return { continues: false, end, heartbeatReason: null };
}
