import type { RunEnd } from '../agent-loop/loop-types.js';

/** What one run may use up; null = no limit. Costs are in USD. */
export interface RunBudget {
  readonly maxSteps: number | null;
  readonly maxTokens: number | null;
  readonly maxCost: number | null;
  /** From the run's start, without the time in which its agent was paused or slept. */
  readonly maxSeconds: number | null;
}

/** What all runs of an agent may use up together. */
export interface TotalBudget {
  /** Steps whose model call was charged or is open. */
  readonly maxSteps: number | null;
  readonly maxTokens: number | null;
  readonly maxCost: number | null;
  /** How far back is counted; null = from the beginning. */
  readonly windowSeconds: number | null;
}

export interface AgentBudget extends RunBudget {
  readonly total: TotalBudget | null;
}

/** What the request says counts, and the agent's own limits where it says nothing. */
export function runBudget(requested: RunBudget | null | undefined, agent: AgentBudget | null | undefined): RunBudget {
  return {
    maxSteps: requested?.maxSteps ?? agent?.maxSteps ?? null,
    maxTokens: requested?.maxTokens ?? agent?.maxTokens ?? null,
    maxCost: requested?.maxCost ?? agent?.maxCost ?? null,
    maxSeconds: requested?.maxSeconds ?? agent?.maxSeconds ?? null,
  };
}

/** The end of a run that may use up no more. */
export function budgetEnd(message: string): RunEnd {
  return { stopReason: 'budget_exceeded', error: { type: 'budget_exceeded', message, detail: null, status: 402 } };
}

export function stepBudgetEnd(maxSteps: number): RunEnd {
  return budgetEnd(`The run's budget of ${maxSteps} steps (max_steps) is used up.`);
}

export function timeBudgetEnd(maxSeconds: number): RunEnd {
  return budgetEnd(`The run's budget of ${maxSeconds} seconds (max_seconds) is used up.`);
}
