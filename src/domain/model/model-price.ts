import type { ModelUsage } from './language-model.js';

/** USD per million tokens. */
export interface TokenPrices {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
}

export interface ModelPrice extends TokenPrices {
  /** What holds for all tokens of a call whose prompt is longer. */
  readonly longPrompt: (TokenPrices & { readonly overTokens: number }) | null;
}

export interface PriceList {
  /** Null = nobody has said what the model costs. */
  priceOf(handle: string): ModelPrice | null;
}

const million = 1_000_000;

/** What a call has cost, in USD. Cached tokens are part of the prompt's, reasoning is part of the completion's. */
export function costOf(usage: ModelUsage, price: ModelPrice): number {
  const prices = pricesFor(price, usage.promptTokens);
  const read = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const plain = Math.max(0, usage.promptTokens - read - written);
  return (
    (plain * prices.input + read * prices.cachedInput + written * prices.cacheWrite + usage.completionTokens * prices.output) / million
  );
}

/** The most that a prompt may cost: none of it read from a cache, all of it written to one where that is dearer. */
export function mostForPrompt(tokens: number, price: ModelPrice): number {
  const prices = pricesFor(price, tokens);
  return (tokens * Math.max(prices.input, prices.cacheWrite)) / million;
}

/** Of one token of an answer to a prompt of that length. */
export function outputTokenPrice(promptTokens: number, price: ModelPrice): number {
  return pricesFor(price, promptTokens).output / million;
}

function pricesFor(price: ModelPrice, promptTokens: number): TokenPrices {
  return price.longPrompt !== null && promptTokens > price.longPrompt.overTokens ? price.longPrompt : price;
}
