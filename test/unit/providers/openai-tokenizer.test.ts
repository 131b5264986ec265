import assert from 'node:assert/strict';
import { openAiTokenizer } from '../../../src/providers/llm/openai/openai-tokenizer.js';

describe('openAiTokenizer', () => {
  it('counts as the model of the name does', async () => {
    const [newer, older] = await Promise.all([openAiTokenizer('gpt-5-mini'), openAiTokenizer('gpt-4-turbo')]);
    assert.equal(newer?.('tiktoken is great!'), 6);
    assert.equal(older?.('tiktoken is great!'), 6);
    assert.equal(newer?.('お誕生日おめでとう'), 8);
    assert.equal(older?.('お誕生日おめでとう'), 9);
    assert.equal(newer?.('<|endoftext|>'), 7, 'as plain text');
    assert.equal(newer?.(''), 0);
  });

  it('knows nothing of models of others', async () => {
    for (const model of ['mock-model', 'llama3.1', 'my-gpt-4']) assert.equal(await openAiTokenizer(model), null);
  });

  it('takes little longer for a text without a break than for words', async () => {
    const count = await openAiTokenizer('gpt-4o');
    assert.ok(count !== null);
    const started = process.cpuUsage().user;
    const tokens = count('a'.repeat(200_000));
    assert.ok((process.cpuUsage().user - started) / 1e6 < 20, 'uncut it takes minutes');
    assert.equal(tokens, 25_000);
  });
});
