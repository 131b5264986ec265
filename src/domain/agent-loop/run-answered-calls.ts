import { decideNext } from './decide-next.js';
import type {
  AnswerWork,
  LoopTraits,
  PersistAnswerInput,
  PersistedStep,
  StepDecision,
  StepInput,
  StepOutcome,
  ToolCallOutcome,
} from './loop-types.js';
import { outcomeOfStep } from './run-agent-step.js';
import { runCalls } from './run-calls.js';
import type { ToolCallPort } from './run-calls.js';

export interface AnsweredCallsPorts extends ToolCallPort {
  openAnswer(input: { readonly runId: string }): Promise<AnswerWork>;
  persistAnswer(input: PersistAnswerInput): Promise<PersistedStep>;
}

/** Carries out what a client has answered to an approval request: runs what it allowed and closes every call, in one commit. */
export async function runAnsweredCalls(ports: AnsweredCallsPorts, { runId, traits }: StepInput): Promise<StepOutcome> {
  const work = await ports.openAnswer({ runId });
  if (work.kind === 'closed') return { kind: 'continue' };
  const place = { runId, stepNumber: work.origin.stepNumber, ordinal: work.ordinal, origin: work.origin };
  const outcomes = work.cancelRequested ? [] : await runCalls(ports, place, work.calls);
  const decision = work.cancelRequested ? cancelled : decideAfterAnswer(traits, work, outcomes);
  return outcomeOfStep(decision, await ports.persistAnswer({ runId, decision }));
}

const cancelled: StepDecision = { continues: false, end: { stopReason: 'cancelled', error: null }, heartbeatReason: null };

function decideAfterAnswer(
  traits: LoopTraits,
  { ordinal, calls, hasOthers, uncalledRequired }: Extract<AnswerWork, { kind: 'open' }>,
  outcomes: readonly ToolCallOutcome[],
): StepDecision {
  if (calls.length === 0 || (hasOthers && traits.heartbeats)) {
    const heartbeatReason = traits.heartbeats ? 'The request for approval was answered, returning control' : null;
    return { continues: true, end: null, heartbeatReason };
  }
  const response = { kind: 'response', finish: 'stop', ordinal, calls, overThreshold: false, uncalledRequired } as const;
  return decideNext({ traits, response, outcomes, isLast: false });
}
