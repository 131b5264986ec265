import assert from 'node:assert/strict';
import type { LanguageModel, ModelRequest } from '../../src/domain/model/language-model.js';
import { createAnthropicSource } from '../../src/providers/anthropic-source.js';
import { createOpenAiSource } from '../../src/providers/openai-source.js';
import { addTool, config, failure, request, user } from './model-calls.js';
import { chatStream, json, namedStream, startWireServer } from './wire-server.js';
import type { WireServer } from './wire-server.js';

interface Watched {
  readonly sent: unknown[];
  readonly received: unknown[];
}

async function watched(model: LanguageModel, wanted: ModelRequest, fails = false): Promise<Watched> {
  const sent: unknown[] = [];
  const received: unknown[] = [];
  const observer = { sent: (body: unknown) => sent.push(body), received: (body: unknown) => received.push(body) };
  const call = model.complete(wanted, () => undefined, new AbortController().signal, observer);
  if (fails) await failure(call);
  else await call;
  return { sent, received };
}

describe('whoever watches the wire', () => {
  let server: WireServer;
  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  const openai = (protocol: 'chat' | 'responses', name: string): LanguageModel =>
    createOpenAiSource({
      apiKey: 'sk-secret',
      baseUrl: `${server.url}/v1`,
      limits: { timeoutMs: 10_000, idleTimeoutMs: 10_000 },
      protocol,
    }).languageModel(config(name));

  it('sees the body of a chat completion as it was sent, and its chunks as one completion', async () => {
    const chunk = (delta: unknown, finish: string | null = null) => ({
      id: 'c1',
      object: 'chat.completion.chunk',
      model: 'gpt-4.1',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    server.answer = () => ({
      body: chatStream(
        chunk({ role: 'assistant', content: 'Hel' }),
        chunk({ content: 'lo' }),
        chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'add', arguments: '{"a"' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
        chunk({}, 'tool_calls'),
        {
          id: 'c1',
          object: 'chat.completion.chunk',
          model: 'gpt-4.1',
          choices: [],
          usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
        },
      ),
    });
    const { sent, received } = await watched(openai('chat', 'gpt-4.1'), request(config('gpt-4.1'), [user('hello')], { tools: [addTool] }));
    assert.deepEqual(sent, [server.requests[0]?.body]);
    assert.deepEqual(received, [
      {
        id: 'c1',
        object: 'chat.completion',
        model: 'gpt-4.1',
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Hello',
              tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
            },
            finish_reason: 'tool_calls',
          },
        ],
      },
    ]);
  });

  it('sees a response that was completed, and the finished items of one that was cut off', async () => {
    const item = { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] };
    const created = { type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } };
    const done = { type: 'response.output_item.done', output_index: 0, item };
    const say = { type: 'response.output_text.delta', output_index: 0, delta: 'Hi' };
    const wanted = request(config('gpt-5'), [user('hello')]);
    const completed = { type: 'response.completed', response: { id: 'r1', status: 'completed', output: [item] } };
    server.answer = () => ({ body: namedStream(created, say, done, completed) });
    const whole = await watched(openai('responses', 'gpt-5'), wanted);
    assert.deepEqual(whole.sent, [server.requests[0]?.body]);
    assert.deepEqual(whole.received, [completed.response]);
    server.answer = () => ({ body: namedStream(created, say, done) });
    const cut = await watched(openai('responses', 'gpt-5'), wanted, true);
    assert.deepEqual(cut.received, [{ id: 'r1', status: 'in_progress', output: [item] }]);
  });

  it("sees Anthropic's events as one message, and nothing received where nothing came", async () => {
    const claude = config('claude-sonnet-4-20250514', { modelEndpointType: 'anthropic' });
    const start = {
      type: 'message_start',
      message: { id: 'm1', role: 'assistant', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
    };
    const model = createAnthropicSource({
      apiKey: 'sk-ant',
      baseUrl: server.url,
      cachesPrompts: true,
      limits: { timeoutMs: 10_000, idleTimeoutMs: 10_000 },
    }).languageModel(claude);
    const events: { readonly type: string; readonly [member: string]: unknown }[] = [
      start,
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'He' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'llo' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't1', name: 'add', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ];
    server.answer = () => ({
      body: namedStream(...events),
    });
    const { sent, received } = await watched(model, request(claude, [user('hello')], { tools: [addTool] }));
    assert.deepEqual(sent, [server.requests[0]?.body]);
    assert.deepEqual(received, [
      {
        id: 'm1',
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'tool_use', id: 't1', name: 'add', input: '{"a":1}' },
        ],
        stop_reason: 'tool_use',
        usage: { input_tokens: 3, output_tokens: 9 },
      },
    ]);
    server.answer = () => json(400, { type: 'error', error: { type: 'invalid_request_error', message: 'no' } });
    const refused = await watched(model, request(claude, [user('hello')]), true);
    assert.equal(refused.sent.length, 1);
    assert.deepEqual(refused.received, []);
  });
});
