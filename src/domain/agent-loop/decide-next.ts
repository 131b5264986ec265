import type { CallFacts, LoopTraits, ModelOutcome, RunEnd, StepDecision, ToolCallOutcome } from './loop-types.js';
import type { StopReason } from './stop-reason.js';

export interface DecideInput {
  readonly traits: LoopTraits;
  readonly response: Extract<ModelOutcome, { kind: 'response' }>;
  readonly outcomes: readonly ToolCallOutcome[];
  readonly isLast: boolean;
}

/** What follows a model response whose calls have run. */
export function decideNext(input: DecideInput): StepDecision {
  const { response, outcomes, traits } = input;
  if (response.finish === 'cancelled' || outcomes.some(outcome => outcome.cancelled)) return stop('cancelled');
  if (response.finish === 'content_filter') {
    return stop('llm_api_error', 'llm_error', "The LLM provider's content filter cut the response off.", 400);
  }
  const { calls, budgetEnd } = response;
  if (calls.length === 0 && budgetEnd != null) return { continues: false, end: budgetEnd, heartbeatReason: null };
  if (calls.some(call => call.invalidPrefill !== null)) return stop('invalid_tool_call');
  return traits.heartbeats ? decideHeartbeatStep(input) : decideStep(input);
}

function decideStep(input: DecideInput): StepDecision {
  const { calls, finish } = input.response;
  if (calls.length === 0) return finish === 'length' ? stop('max_tokens_exceeded') : endUnlessRequired(input, 'end_turn');
  if (calls.some(call => call.effect === 'ends' && isExecuted(call))) return endUnlessRequired(input, 'tool_rule');
  return goOn(input, null);
}

/** These types run one call a step. */
function decideHeartbeatStep(input: DecideInput): StepDecision {
  const call = input.response.calls[0];
  if (call === undefined) {
    if (input.response.finish === 'length') return stop('max_tokens_exceeded');
    return stop('no_tool_call', 'llm_error', 'The model answered without calling a tool, which this type of agent needs in every step.');
  }
  if (!isExecuted(call)) return goOn(input, 'Continuing: the call was refused because of a tool rule');
  const asked = call.requestHeartbeat === true;
  if (call.effect === 'ends') return endUnlessRequired(input, asked ? 'tool_rule' : 'end_turn');
  if (asked) return goOn(input, 'Function called using request_heartbeat=true, returning control');
  if (call.effect === 'continues') return goOn(input, `Continuing: the tool ${call.toolName} has to be followed by another step`);
  return endUnlessRequired(input, 'end_turn');
}

/** A run whose model would end it goes on as long as a tool that has to be called before was not. */
function endUnlessRequired(input: DecideInput, reason: StopReason): StepDecision {
  const { calls, uncalledRequired } = input.response;
  const called = calls.filter(isExecuted).map(call => call.toolName);
  const missing = uncalledRequired.filter(name => !called.includes(name));
  if (missing.length === 0) return stop(reason);
  return goOn(input, `ToolRuleViolated: before you can end, you have to call ${missing.join(', ')}`);
}

function goOn({ isLast }: DecideInput, heartbeatReason: string | null): StepDecision {
  return isLast ? stop('max_steps') : { continues: true, end: null, heartbeatReason };
}

function isExecuted(call: CallFacts): boolean {
  return call.violation === null && call.invalidPrefill === null;
}

function stop(stopReason: StopReason, errorType?: string, message?: string, status = 500): StepDecision {
  const error = errorType === undefined || message === undefined ? null : { type: errorType, message, detail: null, status };
  const end: RunEnd = { stopReason, error };
  return { continues: false, end, heartbeatReason: null };
}
