import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPriceFile } from '../../../src/config/price-file.js';
import { capOutput } from '../../../src/domain/budgets/cap-output.js';
import { costOf } from '../../../src/domain/model/model-price.js';
import { knownAnthropicModels, knownOpenAiModels } from '../../../src/providers/known-models.js';
import { createPriceList } from '../../../src/providers/known-prices.js';
import { toAnthropicRequest } from '../../../src/providers/llm/anthropic/to-anthropic-request.js';
import { config, request, user } from '../../providers/model-calls.js';

const usage = (prompt: number, completion: number, cached = 0, written = 0) => ({
  promptTokens: prompt,
  completionTokens: completion,
  totalTokens: prompt + completion,
  cachedInputTokens: cached,
  cacheWriteTokens: written,
  reasoningTokens: null,
});

describe('prices', () => {
  const known = createPriceList({});

  it('are known for every model that is listed without asking the provider, with and without its date', () => {
    const handles = [...knownOpenAiModels.map(name => `openai/${name}`), ...knownAnthropicModels.map(name => `anthropic/${name}`)];
    assert.deepEqual(
      handles.filter(handle => known.priceOf(handle) === null),
      [],
    );
    assert.deepEqual(known.priceOf('openai/gpt-4.1-2025-04-14'), known.priceOf('openai/gpt-4.1'));
    assert.equal(known.priceOf('openai/gpt-5-pro'), null, 'a name that only begins alike is another model');
  });

  it('tell cached, written and plain input apart', () => {
    const price = known.priceOf('anthropic/claude-sonnet-4-5-20250929');
    assert.ok(price);
    assert.ok(Math.abs(costOf(usage(1_000_000, 100_000, 500_000, 200_000), price) - (0.3 * 3 + 0.5 * 0.3 + 0.2 * 3.75 + 0.1 * 15)) < 1e-9);
  });

  it('are higher for long prompts where the provider says so', () => {
    const price = known.priceOf('anthropic/claude-haiku-5-5');
    assert.ok(price);
    assert.ok(Math.abs(costOf(usage(100_000, 1000), price) - (0.1 * 0.1 + 0.001 * 0.5)) < 1e-12);
    assert.ok(Math.abs(costOf(usage(100_001, 1000), price) - (0.100001 * 0.5 + 0.001 * 2.5)) < 1e-12);
  });

  it("of the operator's file come first; null takes a price away", () => {
    const path = join(mkdtempSync(join(tmpdir(), 'perdura-prices-')), 'prices.json');
    writeFileSync(
      path,
      JSON.stringify({ 'openai/gpt-4.1': { input: 9, output: 10 }, 'openai/o3': null, 'openai/own': { input: 1, output: 2 } }),
    );
    const own = createPriceList(readPriceFile(path));
    assert.deepEqual(own.priceOf('openai/gpt-4.1'), { input: 9, cachedInput: 9, cacheWrite: 9, output: 10, longPrompt: null });
    assert.equal(own.priceOf('openai/o3'), null);
    assert.equal(own.priceOf('openai/own')?.output, 2);
    assert.equal(own.priceOf('openai/gpt-4o')?.input, 2.5);
  });

  it('of a file that cannot be used stop the start with its reason', () => {
    const folder = mkdtempSync(join(tmpdir(), 'perdura-prices-'));
    const write = (text: string): string => {
      const path = join(folder, 'prices.json');
      writeFileSync(path, text);
      return path;
    };
    assert.throws(() => readPriceFile(join(folder, 'none.json')), /PERDURA_PRICES_FILE is wrong: .*ENOENT/);
    assert.throws(() => readPriceFile(write('{')), /PERDURA_PRICES_FILE is wrong/);
    assert.throws(() => readPriceFile(write('{"openai/x": {"input": -1, "output": 2}}')), /input/);
    assert.throws(() => readPriceFile(write('{"openai/x": {"input": 1, "output": 2, "per": "token"}}')), /per/);
    assert.throws(() => readPriceFile(write('{"x": {"input": 1, "output": 2}}')), /a handle is <provider>\/<model>/);
  });
});

describe('capOutput', () => {
  const thinker = config('claude-sonnet-4-20250514', { enableReasoner: true, maxReasoningTokens: 4000, maxTokens: null });

  it('bounds all that the provider may write, thoughts included', () => {
    for (const cap of [16, 1024, 1025, 2000, 5000, 100_000]) {
      const sent = toAnthropicRequest(request(capOutput(thinker, cap), [user('hello')]));
      assert.ok(sent.max_tokens <= cap, `${cap}: ${sent.max_tokens}`);
      if (sent.thinking?.type === 'enabled') assert.ok(sent.thinking.budget_tokens < sent.max_tokens);
    }
  });

  it('leaves a lower limit as it is', () => {
    assert.equal(capOutput(config('gpt-4.1', { maxTokens: 50 }), 1000).maxTokens, 50);
  });
});
