import assert from 'node:assert/strict';
import type { LanguageModel } from '../../src/domain/model/language-model.js';
import { createOpenAiSource } from '../../src/providers/openai-source.js';
import { addTool, complete, config, failure, request, user } from './model-calls.js';
import { chatStream, json, startWireServer } from './wire-server.js';
import type { WireServer } from './wire-server.js';

const secret = 'sk-very-secret-0123456789';
const delta = (value: unknown, finish: string | null = null) => ({ choices: [{ index: 0, delta: value, finish_reason: finish }] });
const usage = {
  choices: [],
  usage: {
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
  },
};
const hello = request(config('mock'), [user('hello')]);

describe('chat completions by the official SDK', () => {
  let server: WireServer;
  const model = (name = 'mock', timeoutMs = 10_000): LanguageModel =>
    createOpenAiSource({
      apiKey: secret,
      baseUrl: `${server.url}/v1`,
      limits: { timeoutMs, idleTimeoutMs: timeoutMs },
      protocol: 'auto',
    }).languageModel(config(name));

  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  it('streams text and counts tokens', async () => {
    server.answer = () => ({
      body: chatStream(
        delta({ role: 'assistant', content: '' }),
        delta({ content: 'Hel' }),
        delta({ content: 'lo' }),
        delta({}, 'stop'),
        usage,
      ),
    });
    const response = await complete(model(), hello);
    assert.deepEqual(response.content, [{ type: 'text', text: 'Hello' }]);
    assert.equal(response.finishReason, 'stop');
    assert.deepEqual(response.usage, {
      promptTokens: 10,
      completionTokens: 5,
      totalTokens: 15,
      cachedInputTokens: 4,
      cacheWriteTokens: null,
      reasoningTokens: 3,
    });
    assert.equal(server.requests[0]?.path, '/v1/chat/completions');
    assert.equal(server.requests[0].body['stream'], true);
  });

  it('gathers parallel tool calls whose pieces are interleaved', async () => {
    server.answer = () => ({
      body: chatStream(
        delta({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'add', arguments: '' } }] }),
        delta({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'add', arguments: '{"a"' } }] }),
        delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
        delta({ tool_calls: [{ index: 1, function: { arguments: ':2}' } }] }),
        delta({}, 'tool_calls'),
      ),
    });
    const response = await complete(model(), { ...hello, tools: [addTool], parallelToolCalls: true });
    assert.deepEqual(response.toolCalls, [
      { id: 'a', name: 'add', arguments: '{"a":1}' },
      { id: 'b', name: 'add', arguments: '{"a":2}' },
    ]);
    assert.equal(response.finishReason, 'tool_calls');
  });

  it('tells calls apart that a server numbers alike, and completes a call without arguments', async () => {
    server.answer = () => ({
      body: chatStream(
        delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'add', arguments: '{"a":1}' } }] }),
        delta({ tool_calls: [{ index: 0, id: 'b', function: { name: 'now' } }] }),
        delta({}, 'stop'),
      ),
    });
    const { toolCalls, finishReason } = await complete(model(), hello);
    assert.deepEqual(
      toolCalls.map(call => [call.name, call.arguments]),
      [
        ['add', '{"a":1}'],
        ['now', '{}'],
      ],
    );
    assert.equal(finishReason, 'tool_calls');
  });

  it('keeps reasoning that a compatible server shows', async () => {
    server.answer = () => ({
      body: chatStream(delta({ reasoning_content: 'hm' }), delta({ reasoning: 'm' }), delta({ content: 'Yes' }), delta({}, 'stop')),
    });
    const { content } = await complete(model(), hello);
    assert.deepEqual(content, [
      { type: 'reasoning', isNative: true, reasoning: 'hmm' },
      { type: 'text', text: 'Yes' },
    ]);
  });

  it('notes once that a reasoning model hides its reasoning', async () => {
    server.answer = () => ({ body: chatStream(delta({ role: 'assistant', content: '' }), delta({ content: 'Yes' }), delta({}, 'stop')) });
    const { content } = await complete(model('o3'), request(config('o3'), [user('hello')]));
    assert.deepEqual(content, [{ type: 'omitted_reasoning' }, { type: 'text', text: 'Yes' }]);
  });

  for (const [status, body, kind, retryable] of [
    [400, { error: { message: 'bad' } }, 'llm_bad_request', false],
    [400, { error: { message: 'x', code: 'context_length_exceeded' } }, 'context_window_exceeded', false],
    [401, { error: { message: `Incorrect API key provided: ${secret}` } }, 'llm_authentication', false],
    [402, { error: { message: 'pay' } }, 'llm_insufficient_credits', false],
    [403, { error: { message: 'no' } }, 'llm_permission_denied', false],
    [404, { error: { message: 'no such model' } }, 'llm_not_found', false],
    [422, { error: { message: 'no' } }, 'llm_unprocessable', false],
    [429, { error: { message: 'slow down' } }, 'llm_rate_limit', true],
    [429, { error: { message: 'x', code: 'insufficient_quota' } }, 'llm_insufficient_credits', false],
    [500, { error: { message: 'oops' } }, 'llm_server_error', true],
    [503, { error: { message: 'The engine is overloaded' } }, 'llm_overloaded', true],
  ] as const) {
    it(`calls status ${status} ${JSON.stringify(body).includes('code') ? 'with a telling code ' : ''}${kind}, asks once and hides the key`, async () => {
      server.answer = () => json(status, body);
      const error = await failure(complete(model(), hello));
      assert.deepEqual([error.kind, error.retryable, error.status], [kind, retryable, status]);
      assert.equal(error.message.includes(secret), false);
      assert.equal(server.requests.length, 1);
    });
  }

  it("passes on the provider's wish when to come again", async () => {
    server.answer = () => json(429, { error: { message: 'slow down' } }, { 'retry-after': '2' });
    assert.equal((await failure(complete(model(), hello))).retryAfterMs, 2000);
  });

  it('names the base URL when a web page answers, whatever the status', async () => {
    for (const status of [200, 404]) {
      server.answer = () => ({ status, headers: { 'content-type': 'text/html' }, body: '<!doctype html><html></html>' });
      const error = await failure(complete(model(), hello));
      assert.equal(error.kind, 'llm_bad_request');
      assert.ok(error.message.includes(`${server.url}/v1`));
    }
  });

  it('does not take a stream that was cut for an answer', async () => {
    for (const then of ['end', 'cut'] as const) {
      server.answer = () => ({ body: `data: ${JSON.stringify(delta({ content: 'Hel' }))}\n\n`, then });
      const error = await failure(complete(model(), hello));
      assert.deepEqual([error.kind, error.retryable], ['llm_connection', true]);
    }
  });

  it('takes an answer without any content for a failure', async () => {
    server.answer = () => ({ body: chatStream(delta({ content: '' }), delta({}, 'stop')) });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_empty_response');
  });

  it('leaves out a call that the output limit cut off', async () => {
    server.answer = () => ({
      body: chatStream(delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'add', arguments: '{"a":' } }] }), delta({}, 'length')),
    });
    const { toolCalls, finishReason } = await complete(model(), hello);
    assert.deepEqual([toolCalls, finishReason], [[], 'length']);
  });

  it('classifies an error within the stream', async () => {
    server.answer = () => ({ body: `data: ${JSON.stringify({ error: { message: 'Rate limit', type: 'rate_limit_exceeded' } })}\n\n` });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_rate_limit');
  });

  it('reports a server that is not there as a connection failure', async () => {
    const gone = model();
    await server.close();
    const error = await failure(complete(gone, hello));
    assert.deepEqual([error.kind, error.retryable], ['llm_connection', true]);
  });

  it('reads a refusal to answer without a stream, and an error that comes with status 200', async () => {
    server.answer = () => json(200, { choices: [] });
    const plain = await failure(complete(model(), hello));
    assert.deepEqual([plain.kind, plain.retryable], ['llm_invalid_response', false]);
    server.answer = () => json(200, { error: { message: `bad key ${secret}`, code: 401 } });
    const refused = await failure(complete(model(), hello));
    assert.deepEqual([refused.kind, refused.status, refused.message.includes(secret)], ['llm_authentication', 401, false]);
  });

  it('reads a status that an error within the stream has for a code', async () => {
    server.answer = () => ({ body: `data: ${JSON.stringify({ error: { message: 'Upstream is busy', code: 503 } })}\n\n` });
    const error = await failure(complete(model(), hello));
    assert.deepEqual([error.kind, error.retryable], ['llm_server_error', true]);
  });

  it('does not take a limit on the rate of tokens for a context that is full', async () => {
    const body = { error: { message: 'Too many tokens in this minute', type: 'tokens', code: 'rate_limit_exceeded' } };
    server.answer = () => ({ body: `data: ${JSON.stringify(body)}\n\n` });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_rate_limit');
  });

  it('runs no call of a response that the provider has withdrawn', async () => {
    const call = { index: 0, id: 'a', function: { name: 'add', arguments: '{"a":1}' } };
    server.answer = () => ({ body: chatStream(delta({ content: 'I will', tool_calls: [call] }), delta({}, 'content_filter')) });
    const response = await model().complete(hello, () => undefined, new AbortController().signal);
    assert.deepEqual([response.finishReason, response.toolCalls], ['content_filter', []]);
  });

  it('gives up a stream that stalls, when the time is over, and closes the connection', async () => {
    server.answer = () => ({ body: `data: ${JSON.stringify(delta({ content: 'Hel' }))}\n\n`, then: 'hang' });
    assert.equal((await failure(complete(model('mock', 150), hello))).kind, 'llm_timeout');
    await server.clientLeft;
  });

  it('resolves with what has arrived when it is aborted, and closes the connection', async () => {
    const half = [
      delta({ content: 'Hel' }),
      delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'add', arguments: '{"a":1}' } }] }),
      delta({ tool_calls: [{ index: 1, id: 'b', function: { name: 'add', arguments: '{"a"' } }] }),
    ];
    server.answer = () => ({ body: half.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join(''), then: 'hang' });
    const stop = new AbortController();
    const response = await model().complete(
      hello,
      piece => {
        if (piece.type === 'tool_call' && piece.id === 'b') setImmediate(() => stop.abort());
      },
      stop.signal,
    );
    assert.deepEqual(response.content, [{ type: 'text', text: 'Hel' }]);
    assert.deepEqual(response.toolCalls, [{ id: 'a', name: 'add', arguments: '{"a":1}' }]);
    assert.equal(response.finishReason, 'cancelled');
    await server.clientLeft;
  });

  it('asks nothing when it is aborted before', async () => {
    const response = await model().complete(hello, () => assert.fail('no delta'), AbortSignal.abort());
    assert.equal(response.finishReason, 'cancelled');
    assert.equal(server.requests.length, 0);
  });
});
