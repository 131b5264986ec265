import type { ModelPrice, PriceList, TokenPrices } from '../domain/model/model-price.js';

type Row = readonly [input: number, cachedInput: number, cacheWrite: number, output: number];

/** The providers' list prices as of November 2026, in USD per million tokens. Where nothing is said of writing to the cache, it costs what input costs. */
const rows: Readonly<Record<string, Row>> = {
  'openai/gpt-6-sol': [2, 0.2, 2.5, 10],
  'openai/gpt-6-luna': [0.1, 0.01, 0.125, 0.5],
  'openai/gpt-5.5': [5, 0.5, 5, 30],
  'openai/gpt-5.4': [2.5, 0.25, 2.5, 15],
  'openai/gpt-5.4-mini': [0.75, 0.075, 0.75, 4.5],
  'openai/gpt-5.4-nano': [0.2, 0.02, 0.2, 1.25],
  'openai/gpt-5.2': [1.75, 0.175, 1.75, 14],
  'openai/gpt-5.1': [1.25, 0.125, 1.25, 10],
  'openai/gpt-5': [1.25, 0.125, 1.25, 10],
  'openai/gpt-5-mini': [0.25, 0.025, 0.25, 2],
  'openai/gpt-5-nano': [0.05, 0.005, 0.05, 0.4],
  'openai/gpt-4.1': [2, 0.5, 2, 8],
  'openai/gpt-4.1-mini': [0.4, 0.1, 0.4, 1.6],
  'openai/gpt-4.1-nano': [0.1, 0.025, 0.1, 0.4],
  'openai/gpt-4o': [2.5, 1.25, 2.5, 10],
  'openai/gpt-4o-mini': [0.15, 0.075, 0.15, 0.6],
  'openai/o3': [2, 0.5, 2, 8],
  'openai/o3-mini': [1.1, 0.55, 1.1, 4.4],
  'openai/o4-mini': [1.1, 0.275, 1.1, 4.4],
  'anthropic/claude-opus-5-5': [4, 0.2, 5, 20],
  'anthropic/claude-opus-5': [5, 0.5, 6.25, 25],
  'anthropic/claude-opus-4-8': [5, 0.5, 6.25, 25],
  'anthropic/claude-opus-4-7': [5, 0.5, 6.25, 25],
  'anthropic/claude-opus-4-6': [5, 0.5, 6.25, 25],
  'anthropic/claude-opus-4-5': [5, 0.5, 6.25, 25],
  'anthropic/claude-opus-4-1': [15, 1.5, 18.75, 75],
  'anthropic/claude-opus-4': [15, 1.5, 18.75, 75],
  'anthropic/claude-sonnet-5-5': [2, 0.1, 2.5, 10],
  'anthropic/claude-sonnet-5': [2, 0.2, 2.5, 10],
  'anthropic/claude-sonnet-4-6': [3, 0.3, 3.75, 15],
  'anthropic/claude-sonnet-4-5': [3, 0.3, 3.75, 15],
  'anthropic/claude-sonnet-4': [3, 0.3, 3.75, 15],
  'anthropic/claude-3-7-sonnet': [3, 0.3, 3.75, 15],
  'anthropic/claude-haiku-5-5': [0.1, 0.01, 0.125, 0.5],
  'anthropic/claude-haiku-4-5': [1, 0.1, 1.25, 5],
  'anthropic/claude-3-5-haiku': [0.8, 0.08, 1, 4],
  'perdura/demo': [0, 0, 0, 0],
};

/** Calls with longer prompts cost more; `overTokens` counts the prompt. */
const longPrompts: Readonly<Record<string, readonly [overTokens: number, ...Row]>> = {
  'openai/gpt-6-sol': [272_000, 4, 0.4, 5, 15],
  'openai/gpt-6-luna': [272_000, 0.2, 0.02, 0.25, 0.75],
  'openai/gpt-5.5': [272_000, 10, 1, 10, 45],
  'openai/gpt-5.4': [272_000, 5, 0.5, 5, 22.5],
  'anthropic/claude-haiku-5-5': [100_000, 0.5, 0.05, 0.625, 2.5],
};

/** The known prices, and before them those of the operator; null there takes a price away. A name with a date costs what the name without it does. */
export function createPriceList(overrides: Readonly<Record<string, ModelPrice | null>>): PriceList {
  const find = (handle: string): ModelPrice | null | undefined => {
    const own = overrides[handle];
    return own === undefined ? knownPrice(handle) : own;
  };
  return { priceOf: handle => find(handle) ?? (find(handle) === null ? null : (find(withoutDate(handle)) ?? null)) };
}

function knownPrice(handle: string): ModelPrice | undefined {
  const row = rows[handle];
  if (row === undefined) return undefined;
  const long = longPrompts[handle];
  return {
    ...toPrices(row),
    longPrompt: long === undefined ? null : { overTokens: long[0], ...toPrices([long[1], long[2], long[3], long[4]]) },
  };
}

function toPrices([input, cachedInput, cacheWrite, output]: Row): TokenPrices {
  return { input, cachedInput, cacheWrite, output };
}

function withoutDate(handle: string): string {
  return handle.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}
