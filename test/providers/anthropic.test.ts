import assert from 'node:assert/strict';
import type { LanguageModel } from '../../src/domain/model/language-model.js';
import { createAnthropicSource } from '../../src/providers/anthropic-source.js';
import { addTool, complete, config, failure, request, user } from './model-calls.js';
import { json, namedStream, startWireServer } from './wire-server.js';
import type { WireServer } from './wire-server.js';

const secret = 'anthropic-key-0123456789';
const thinker = config('claude-sonnet-4-20250514', { enableReasoner: true, maxReasoningTokens: 1024 });
const hello = request(thinker, [user('hello')], { tools: [addTool], parallelToolCalls: true });
const start = {
  type: 'message_start',
  message: { usage: { input_tokens: 3, cache_read_input_tokens: 10, cache_creation_input_tokens: 5, output_tokens: 1 } },
};
const open = (index: number, content_block: unknown) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, value: unknown) => ({ type: 'content_block_delta', index, delta: value });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (stop_reason: string) => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
});
const textBlock = (index: number, ...pieces: readonly string[]) => [
  open(index, { type: 'text', text: '' }),
  ...pieces.map(text => delta(index, { type: 'text_delta', text })),
  stop(index),
];
const last = { type: 'message_stop' };

describe('anthropic by the official SDK', () => {
  let server: WireServer;
  const model = (): LanguageModel =>
    createAnthropicSource({
      apiKey: secret,
      baseUrl: server.url,
      cachesPrompts: true,
      limits: { timeoutMs: 10_000, idleTimeoutMs: 10_000 },
    }).languageModel(thinker);

  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  it('streams thoughts with their signature, redacted thoughts and text, and counts cached input', async () => {
    server.answer = () => ({
      body: namedStream(
        start,
        open(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'Let me ' }),
        delta(0, { type: 'thinking_delta', thinking: 'see' }),
        delta(0, { type: 'signature_delta', signature: 'SIG' }),
        stop(0),
        open(1, { type: 'redacted_thinking', data: 'RED' }),
        stop(1),
        ...textBlock(2, 'Hi ', 'Ada'),
        { type: 'ping' },
        end('end_turn'),
        last,
      ),
    });
    const response = await complete(model(), hello);
    assert.deepEqual(response.content, [
      { type: 'reasoning', isNative: true, reasoning: 'Let me see', signature: 'SIG' },
      { type: 'redacted_reasoning', data: 'RED' },
      { type: 'text', text: 'Hi Ada' },
    ]);
    assert.equal(response.finishReason, 'stop');
    assert.deepEqual(response.usage, {
      promptTokens: 18,
      completionTokens: 9,
      totalTokens: 27,
      cachedInputTokens: 10,
      cacheWriteTokens: 5,
      reasoningTokens: 4,
    });
  });

  it('keeps the signature of thoughts that are not shown', async () => {
    server.answer = () => ({
      body: namedStream(
        start,
        open(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'signature_delta', signature: 'SIG' }),
        stop(0),
        ...textBlock(1, 'Hi'),
        end('end_turn'),
        last,
      ),
    });
    const { content } = await complete(model(), hello);
    assert.deepEqual(content[0], { type: 'reasoning', isNative: true, reasoning: '', signature: 'SIG' });
  });

  it('gathers parallel tool calls, also one without arguments', async () => {
    server.answer = () => ({
      body: namedStream(
        start,
        open(0, { type: 'tool_use', id: 'toolu_a', name: 'add', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '' }),
        delta(0, { type: 'input_json_delta', partial_json: '{"a":1}' }),
        stop(0),
        open(1, { type: 'tool_use', id: 'toolu_b', name: 'now', input: {} }),
        stop(1),
        end('tool_use'),
        last,
      ),
    });
    const { toolCalls, finishReason } = await complete(model(), hello);
    assert.deepEqual(toolCalls, [
      { id: 'toolu_a', name: 'add', arguments: '{"a":1}' },
      { id: 'toolu_b', name: 'now', arguments: '{}' },
    ]);
    assert.equal(finishReason, 'tool_calls');
  });

  it('sends nothing that the API version of the SDK refuses', async () => {
    server.answer = () => ({ body: namedStream(start, ...textBlock(0, 'Hi'), end('end_turn'), last) });
    for (const name of ['claude-3-5-haiku-20241022', 'claude-sonnet-4-20250514', 'claude-sonnet-5']) {
      const plain = config(name, { temperature: 0.5, enableReasoner: false });
      await complete(model(), request(plain, [user('hello')]));
    }
    assert.equal(server.requests.length, 3);
    for (const { headers, body } of server.requests) {
      assert.equal(headers['anthropic-version'], '2026-10-21');
      assert.equal(headers['x-api-key'], secret);
      for (const refused of ['temperature', 'top_p', 'top_k']) assert.equal(refused in body, false);
    }
  });

  for (const [status, error, kind, retryable] of [
    [400, { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000' }, 'context_window_exceeded', false],
    [400, { type: 'invalid_request_error', message: 'Your credit balance is too low' }, 'llm_insufficient_credits', false],
    [400, { type: 'invalid_request_error', message: 'bad' }, 'llm_bad_request', false],
    [401, { type: 'authentication_error', message: `invalid key ${secret}` }, 'llm_authentication', false],
    [429, { type: 'rate_limit_error', message: 'slow down' }, 'llm_rate_limit', true],
    [500, { type: 'api_error', message: 'oops' }, 'llm_server_error', true],
    [529, { type: 'overloaded_error', message: 'Overloaded' }, 'llm_overloaded', true],
  ] as const) {
    it(`calls status ${status} ${error.type} ${kind}, asks once and hides the key`, async () => {
      server.answer = () => json(status, { type: 'error', error });
      const failed = await failure(complete(model(), hello));
      assert.deepEqual([failed.kind, failed.retryable], [kind, retryable]);
      assert.equal(failed.message.includes(secret), false);
      assert.equal(server.requests.length, 1);
    });
  }

  it('classifies an error within the stream', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    server.answer = () => ({ body: namedStream(start, open(0, { type: 'text', text: '' }), error) });
    const failed = await failure(complete(model(), hello));
    assert.deepEqual([failed.kind, failed.retryable], ['llm_overloaded', true]);
  });

  it('does not take a stream that was cut for an answer', async () => {
    server.answer = () => ({ body: namedStream(start, ...textBlock(0, 'Hel')), then: 'cut' });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_connection');
  });

  it('reports a refusal as what it is', async () => {
    server.answer = () => ({ body: namedStream(start, end('refusal'), last) });
    assert.equal((await failure(complete(model(), hello))).kind, 'llm_content_filter');
  });

  it('resolves with what has arrived when it is aborted, and closes the connection', async () => {
    server.answer = () => ({
      body: namedStream(
        start,
        ...textBlock(0, 'Hel'),
        open(1, { type: 'tool_use', id: 'toolu_a', name: 'add', input: {} }),
        delta(1, { type: 'input_json_delta', partial_json: '{"a"' }),
      ),
      then: 'hang',
    });
    const abort = new AbortController();
    const response = await model().complete(
      hello,
      piece => {
        if (piece.type === 'tool_call' && piece.argumentsDelta !== '') setImmediate(() => abort.abort());
      },
      abort.signal,
    );
    assert.deepEqual([response.content, response.toolCalls, response.finishReason], [[{ type: 'text', text: 'Hel' }], [], 'cancelled']);
    assert.equal(response.usage.promptTokens, 18);
    await server.clientLeft;
  });
});
