import { z } from 'zod';
import type { AgentBudget, RunBudget } from '../domain/budgets/budget.js';
import { longestSeconds } from './fields.js';

const count = z.number().int().positive().nullish();
const dollars = z.number().positive().nullish();
const windowSeconds = z.number().int().positive().max(longestSeconds).nullish();
const runLimits = {
  max_steps: count,
  max_tokens: count,
  max_cost: dollars,
  max_seconds: z.number().positive().max(longestSeconds).nullish(),
};

/** Of this server, beside V1: what one run may use up. `max_cost` is in USD, `max_seconds` counts from the run's start, pauses of its agent left out. */
export const runBudgetBody = z.strictObject(runLimits);

/** The limits of each run of an agent whose request has none, and of all its runs together within the last `window_seconds`. */
export const agentBudgetBody = z.strictObject({
  ...runLimits,
  total: z.strictObject({ max_steps: count, max_tokens: count, max_cost: dollars, window_seconds: windowSeconds }).nullish(),
});

export function toRunBudget(body: z.output<typeof runBudgetBody>): RunBudget {
  return {
    maxSteps: body.max_steps ?? null,
    maxTokens: body.max_tokens ?? null,
    maxCost: body.max_cost ?? null,
    maxSeconds: body.max_seconds ?? null,
  };
}

export function toAgentBudget({ total, ...run }: z.output<typeof agentBudgetBody>): AgentBudget {
  return {
    ...toRunBudget(run),
    total:
      total == null
        ? null
        : {
            maxSteps: total.max_steps ?? null,
            maxTokens: total.max_tokens ?? null,
            maxCost: total.max_cost ?? null,
            windowSeconds: total.window_seconds ?? null,
          },
  };
}
