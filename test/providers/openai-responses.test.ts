import assert from 'node:assert/strict';
import type { LanguageModel } from '../../src/domain/model/language-model.js';
import { createOpenAiSource } from '../../src/providers/openai-source.js';
import { addTool, complete, config, failure, request, user } from './model-calls.js';
import { json, namedStream, startWireServer } from './wire-server.js';
import type { WireServer } from './wire-server.js';

const hello = request(config('gpt-5'), [user('hello')], { tools: [addTool], parallelToolCalls: true });
const usage = {
  input_tokens: 20,
  output_tokens: 9,
  total_tokens: 29,
  input_tokens_details: { cached_tokens: 8, cache_write_tokens: 2 },
  output_tokens_details: { reasoning_tokens: 6 },
};
const completed = { type: 'response.completed', response: { status: 'completed', output: [], usage } };
const reasoningDone = (summary: readonly string[]) => ({
  type: 'response.output_item.done',
  output_index: 0,
  item: { type: 'reasoning', id: 'rs_1', summary: summary.map(text => ({ type: 'summary_text', text })), encrypted_content: 'ENC' },
});
const thought = (delta: string, index: number) => ({
  type: 'response.reasoning_summary_text.delta',
  output_index: 0,
  summary_index: index,
  delta,
});
const part = (index: number) => ({ type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: index });
const say = (delta: string) => ({ type: 'response.output_text.delta', output_index: 1, delta });

describe('responses by the official SDK', () => {
  let server: WireServer;
  const model = (): LanguageModel =>
    createOpenAiSource({
      apiKey: 'sk-secret',
      baseUrl: `${server.url}/v1`,
      limits: { timeoutMs: 10_000, idleTimeoutMs: 10_000 },
      protocol: 'responses',
    }).languageModel(config('gpt-5'));

  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  it('streams a reasoning summary of several parts and keeps the encrypted reasoning', async () => {
    server.answer = () => ({
      body: namedStream(
        part(0),
        thought('First', 0),
        part(1),
        thought('Second', 1),
        reasoningDone(['First', 'Second']),
        say('Hi '),
        say('Ada'),
        completed,
      ),
    });
    const response = await complete(model(), hello);
    assert.deepEqual(response.content, [
      {
        type: 'summarized_reasoning',
        id: 'rs_1',
        summary: [
          { index: 0, text: 'First' },
          { index: 1, text: 'Second' },
        ],
        encryptedContent: 'ENC',
      },
      { type: 'text', text: 'Hi Ada' },
    ]);
    assert.deepEqual([response.usage.cachedInputTokens, response.usage.reasoningTokens, response.usage.totalTokens], [8, 6, 29]);
    assert.equal(response.usage.cacheWriteTokens, 2);
    assert.equal(server.requests[0]?.path, '/v1/responses');
    assert.equal(server.requests[0].body['store'], false);
  });

  it('streams a summary that comes whole at the end', async () => {
    server.answer = () => ({ body: namedStream(thought('Fir', 0), reasoningDone(['First', 'Second']), say('Hi'), completed) });
    const { content } = await complete(model(), hello);
    assert.equal(content[0]?.type === 'summarized_reasoning' && content[0].summary.length, 2);
  });

  it('keeps what was streamed when the finished summary says something else', async () => {
    server.answer = () => ({ body: namedStream(thought('Other', 0), reasoningDone(['First']), say('Hi'), completed) });
    const { content } = await complete(model(), hello);
    assert.deepEqual(content[0]?.type === 'summarized_reasoning' && content[0].summary, [{ index: 0, text: 'Other' }]);
  });

  it('gathers parallel tool calls', async () => {
    const item = (index: number, id: string) => ({
      type: 'response.output_item.added',
      output_index: index,
      item: { type: 'function_call', id: `fc_${id}`, call_id: id, name: 'add', arguments: '' },
    });
    const args = (index: number, delta: string) => ({ type: 'response.function_call_arguments.delta', output_index: index, delta });
    const done = (index: number) => ({ type: 'response.output_item.done', output_index: index, item: { type: 'function_call' } });
    server.answer = () => ({
      body: namedStream(item(0, 'a'), item(1, 'b'), args(0, '{"a":'), args(1, '{"a":2}'), args(0, '1}'), done(0), done(1), completed),
    });
    const { toolCalls, finishReason } = await complete(model(), hello);
    assert.deepEqual(
      toolCalls.map(call => [call.id, call.arguments]),
      [
        ['a', '{"a":1}'],
        ['b', '{"a":2}'],
      ],
    );
    assert.equal(finishReason, 'tool_calls');
  });

  it('tells that the output limit ended the response', async () => {
    const incomplete = { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' }, usage } };
    server.answer = () => ({ body: namedStream(say('Hel'), incomplete) });
    assert.equal((await complete(model(), hello)).finishReason, 'length');
  });

  it('classifies failures before and within the stream', async () => {
    server.answer = () => json(401, { error: { message: 'no' } });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_authentication');
    const failed = (code: string) => ({ type: 'response.failed', response: { error: { code, message: 'it failed' } } });
    server.answer = () => ({ body: namedStream(say('Hel'), failed('rate_limit_exceeded')) });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_rate_limit');
    server.answer = () => ({ body: namedStream(failed('context_length_exceeded')) });
    assert.equal((await failure(complete(model(), hello))).kind, 'context_window_exceeded');
    server.answer = () => ({ body: namedStream({ type: 'error', ...{ code: 'server_error', message: 'it broke' } }) });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_server_error');
  });

  it('resolves with what has arrived when it is aborted within the reasoning', async () => {
    server.answer = () => ({ body: namedStream(thought('Fir', 0)), then: 'hang' });
    const stop = new AbortController();
    const response = await model().complete(hello, () => setImmediate(() => stop.abort()), stop.signal);
    assert.deepEqual(response.content, [{ type: 'reasoning', isNative: true, reasoning: 'Fir' }]);
    assert.equal(response.finishReason, 'cancelled');
    await server.clientLeft;
  });
});
