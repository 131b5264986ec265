import { stepBudgetEnd } from '../budgets/budget.js';
import type { LoopOutcome, RunWork, StepInput, StepOutcome } from './loop-types.js';

export interface AgentLoopPorts {
  /** Runs one step to its committed end. The same input again gives the same rows. */
  runStep(input: StepInput): Promise<StepOutcome>;
  /** Carries out the answers to an approval request, before the run's first step. */
  runAnsweredCalls(input: StepInput): Promise<StepOutcome>;
}

/** The agent loop: steps until one of them says stop, or until the run is held. Resumes after the steps that `work` says are done. */
export async function runAgentLoop(ports: AgentLoopPorts, work: RunWork): Promise<LoopOutcome> {
  if (work.lastStop !== null) return { kind: 'stop', end: work.lastStop };
  if (work.carriesAnswers) {
    const outcome = await ports.runAnsweredCalls(stepInput(work, 0));
    if (outcome.kind !== 'continue') return outcome;
  }
  for (let number = work.stepsDone + 1; number <= work.maxSteps; number += 1) {
    if (work.budgetSteps != null && number > work.budgetSteps) return { kind: 'stop', end: stepBudgetEnd(work.budgetSteps) };
    const outcome = await ports.runStep(stepInput(work, number));
    if (outcome.kind !== 'continue') return outcome;
  }
  return { kind: 'stop', end: { stopReason: 'max_steps', error: null } };
}

/** Answers are carried out as step 0. */
function stepInput(work: RunWork, number: number): StepInput {
  return {
    runId: work.runId,
    agentId: work.agentId,
    conversationId: work.conversationId,
    number,
    isLast: number === work.maxSteps,
    isolation: work.isolation,
    traits: work.traits,
    timeouts: work.timeouts,
    modelHandle: work.modelHandle,
  };
}
