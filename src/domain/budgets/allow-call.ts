import type { RunEnd } from '../agent-loop/loop-types.js';
import { mostForPrompt, outputTokenPrice } from '../model/model-price.js';
import type { ModelPrice } from '../model/model-price.js';
import { budgetEnd } from './budget.js';

/** Sums of what was used up; `unpriced` = tokens of models without a known price, `steps` leaves out that of the call itself. */
export interface Spent {
  readonly steps: number;
  readonly tokens: number;
  readonly cost: number;
  readonly unpriced: number;
}

export interface SpendingLimit {
  /** As a person knows it: `The run's budget`. */
  readonly owner: string;
  readonly maxSteps: number | null;
  readonly maxTokens: number | null;
  readonly maxCost: number | null;
  readonly spent: Spent;
}

export interface PlannedCall {
  readonly modelHandle: string;
  /** Null = unknown. */
  readonly price: ModelPrice | null;
  /** A careful estimate. */
  readonly promptTokens: number;
}

export type Allowance =
  /** `maxOutputTokens` = what is left for the answer, null without a limit; `end` = how the run ends when that cuts the answer off. */
  | { readonly allowed: true; readonly maxOutputTokens: number | null; readonly end: RunEnd | null }
  | { readonly allowed: false; readonly end: RunEnd };

/** The shortest answer that is worth a call, and that every provider takes as a limit. */
const leastOutputTokens = 16;

/** Whether a model call fits into what is left, and how long its answer may be. */
export function allowCall(limits: readonly SpendingLimit[], call: PlannedCall): Allowance {
  let tightest: Allowance = { allowed: true, maxOutputTokens: null, end: null };
  for (const limit of limits) {
    for (const allowance of [allowSteps(limit), allowTokens(limit, call), allowCost(limit, call)]) {
      if (!allowance.allowed) return allowance;
      if (allowance.maxOutputTokens === null) continue;
      if (tightest.maxOutputTokens === null || allowance.maxOutputTokens < tightest.maxOutputTokens) tightest = allowance;
    }
  }
  return tightest;
}

function allowSteps({ owner, maxSteps, spent }: SpendingLimit): Allowance {
  return maxSteps === null || spent.steps < maxSteps ? unlimited : refused(`${owner} of ${maxSteps} steps (max_steps) is used up.`);
}

function allowTokens({ owner, maxTokens, spent }: SpendingLimit, { promptTokens }: PlannedCall): Allowance {
  if (maxTokens === null) return unlimited;
  const left = maxTokens - spent.tokens - promptTokens;
  const state = `${owner} is ${maxTokens} tokens (max_tokens), ${spent.tokens} of them are used up`;
  return allowance(left, `${state}, and the next model call would take about ${promptTokens} for its prompt alone.`, state);
}

function allowCost({ owner, maxCost, spent }: SpendingLimit, { modelHandle, price, promptTokens }: PlannedCall): Allowance {
  if (maxCost === null) return unlimited;
  if (price === null) return refused(`${owner} has a max_cost, but nobody has said what ${modelHandle} costs: see PERDURA_PRICES_FILE.`);
  if (spent.unpriced > 0) return refused(`${owner} has a max_cost, but what ${spent.unpriced} earlier tokens have cost is not known.`);
  const prompt = mostForPrompt(promptTokens, price);
  const each = outputTokenPrice(promptTokens, price);
  const left = maxCost - spent.cost - prompt;
  const state = `${owner} is ${dollars(maxCost)} (max_cost), ${dollars(spent.cost)} of it are used up`;
  if (each === 0) return left < 0 ? refused(`${state}.`) : unlimited;
  return allowance(
    Math.floor(left / each),
    `${state}, and the next model call would take up to ${dollars(prompt)} for its prompt alone.`,
    state,
  );
}

function allowance(left: number, refusal: string, state: string): Allowance {
  if (left < leastOutputTokens) return refused(refusal);
  return {
    allowed: true,
    maxOutputTokens: left,
    end: budgetEnd(`${state}, and the answer was cut off after the ${left} tokens that were left.`),
  };
}

const unlimited: Allowance = { allowed: true, maxOutputTokens: null, end: null };

function refused(message: string): Allowance {
  return { allowed: false, end: budgetEnd(message) };
}

function dollars(amount: number): string {
  return `$${Number(amount.toPrecision(6))}`;
}
