import { allowCall } from '../../domain/budgets/allow-call.js';
import type { Allowance, SpendingLimit } from '../../domain/budgets/allow-call.js';
import { runBudget, timeBudgetEnd } from '../../domain/budgets/budget.js';
import type { AgentBudget, RunBudget } from '../../domain/budgets/budget.js';
import { capOutput } from '../../domain/budgets/cap-output.js';
import { carefulTokens, estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import type { RunEnd } from '../../domain/agent-loop/loop-types.js';
import type { ModelRequest, ModelResponse } from '../../domain/model/language-model.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { costOf, mostForPrompt, outputTokenPrice } from '../../domain/model/model-price.js';
import type { PriceList } from '../../domain/model/model-price.js';
import type { BudgetsRepository, Charge, ChargedCall } from '../../repositories/budgets.repository.js';

export interface BudgetDeps {
  readonly budgets: BudgetsRepository;
  readonly prices: PriceList;
}

export interface Budgets {
  readonly requested: RunBudget | null;
  readonly agent: AgentBudget | null;
  /** From when the time of the run counts. */
  readonly clockStart: Date | null;
  /** Whether the prompt holds that of the run's last step and its answer again. */
  readonly continues: boolean;
}

export type PlannedRequest =
  /** `end` = how the run ends when the answer is cut off by its limit; null when that limit is not the budget's. */
  | { readonly kind: 'allowed'; readonly request: ModelRequest; readonly end: RunEnd | null }
  | { readonly kind: 'refused'; readonly end: RunEnd };

/** The request of a model call, with no longer an answer than the budgets have left; refused when not even that fits. Without budgets nothing is asked. */
export async function budgetedRequest(
  deps: { readonly budgets: Pick<BudgetsRepository, 'spentByRun' | 'reserve'>; readonly prices: PriceList },
  call: ChargedCall,
  budgets: Budgets,
  config: ModelConfig,
  build: (config: ModelConfig) => ModelRequest,
): Promise<PlannedRequest> {
  const budget = runBudget(budgets.requested, budgets.agent);
  if (isOver(budget.maxSeconds, budgets.clockStart)) return { kind: 'refused', end: timeBudgetEnd(budget.maxSeconds ?? 0) };
  const total = budgets.agent?.total ?? null;
  const limitsRun = budget.maxTokens !== null || budget.maxCost !== null;
  const limitsAgent = total !== null && (total.maxSteps !== null || total.maxTokens !== null || total.maxCost !== null);
  if (!limitsRun && !limitsAgent) return { kind: 'allowed', request: build(config), end: null };

  const { spent, lastCall } = await deps.budgets.spentByRun(call);
  const promptTokens = Math.max(budgets.continues ? lastCall : 0, estimateRequestTokens(build(config)));
  const planned = { modelHandle: config.handle, price: deps.prices.priceOf(config.handle), promptTokens };
  const ofRun: SpendingLimit = { owner: "The run's budget", maxSteps: null, maxTokens: budget.maxTokens, maxCost: budget.maxCost, spent };
  let allowance: Allowance = allowCall([ofRun], planned);
  if (limitsAgent && allowance.allowed) {
    await deps.budgets.reserve(call, total.windowSeconds, spentInAll => {
      const limit = {
        owner: "The agent's total budget",
        // The summary that a command asks for is no step.
        maxSteps: call.stepId === null ? null : total.maxSteps,
        maxTokens: total.maxTokens,
        maxCost: total.maxCost,
        spent: spentInAll,
      };
      allowance = allowCall([ofRun, limit], planned);
      return allowance.allowed ? mostOf(planned, cappedBy(allowance, config)) : null;
    });
  }
  return toPlan(allowance, config, build);
}

function isOver(maxSeconds: number | null, clockStart: Date | null): boolean {
  return maxSeconds !== null && clockStart !== null && Date.now() >= clockStart.getTime() + maxSeconds * 1000;
}

function toPlan(allowance: Allowance, config: ModelConfig, build: (config: ModelConfig) => ModelRequest): PlannedRequest {
  if (!allowance.allowed) return { kind: 'refused', end: allowance.end };
  const capped = cappedBy(allowance, config);
  return { kind: 'allowed', request: build(capped), end: capped.maxTokens === allowance.maxOutputTokens ? allowance.end : null };
}

function cappedBy({ maxOutputTokens }: Extract<Allowance, { allowed: true }>, config: ModelConfig): ModelConfig {
  return maxOutputTokens === null ? config : capOutput(config, maxOutputTokens);
}

function mostOf({ price, promptTokens }: Parameters<typeof allowCall>[1], { maxTokens }: ModelConfig): Charge {
  const output = maxTokens ?? 0;
  const cost = price === null ? null : mostForPrompt(promptTokens, price) + output * outputTokenPrice(promptTokens, price);
  return { tokens: promptTokens + output, cost };
}

/** What a call has used up. The counts come with a response's end, so that for one that was cut off they are estimated. */
export function chargeFor(prices: PriceList, request: ModelRequest, response: ModelResponse): Charge {
  const price = prices.priceOf(request.config.handle);
  const isUncounted = response.finishReason === 'cancelled' && response.usage.totalTokens === 0;
  const usage = isUncounted ? estimatedUsage(request, response) : response.usage;
  return { tokens: usage.totalTokens, cost: price === null ? null : costOf(usage, price) };
}

function estimatedUsage(request: ModelRequest, { content, toolCalls, usage }: ModelResponse): ModelResponse['usage'] {
  const promptTokens = estimateRequestTokens(request);
  const completionTokens = carefulTokens(JSON.stringify([content, toolCalls]));
  return { ...usage, promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}
