import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { pino } from 'pino';
import { runApi } from '../../src/main/api-role.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';
import type { Stack } from '../support/stack.js';

describe('chat completions by the openai package', () => {
  const client = useStack();
  const { stack } = client;
  let openai: OpenAI;

  before(async () => {
    openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });

  const user = (content: string) => ({ role: 'user' as const, content });
  const noteThenAnswer: Stack['mock']['script'] = request =>
    request.messages.at(-1)?.role === 'tool'
      ? { text: 'I have noted it.' }
      : { text: 'Let me see.', toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea' } }] };

  it('sends the last user message to the agent and gives back all that it says', async () => {
    let heard: readonly string[] = [];
    stack.mock.script = (request, form) => {
      heard = request.messages.map(textOf);
      return noteThenAnswer(request, form);
    };
    const model = await client.newAgent();
    const answer = await openai.chat.completions.create({
      model,
      temperature: 0.3,
      messages: [{ role: 'system', content: 'Be a pirate.' }, user('Old news'), { role: 'assistant', content: 'Aye.' }, user('I like tea')],
    });
    assert.match(answer.id, /^chatcmpl-run-/);
    assert.equal(answer.model, model);
    const [choice] = answer.choices;
    assert.equal(choice?.message.content, 'Let me see.\n\nI have noted it.');
    assert.equal(choice.finish_reason, 'stop');
    assert.deepEqual(answer.usage?.total_tokens, 30);
    assert.ok(heard.some(text => text.includes('I like tea')));
    assert.ok(!heard.some(text => /pirate|Old news|Aye/.test(text)));
  });

  it('streams the same text, with the usage at the end when that is asked for', async () => {
    stack.mock.script = noteThenAnswer;
    const stream = await openai.chat.completions.create({
      model: await client.newAgent(),
      messages: [user('I like tea')],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
    assert.equal(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join(''), 'Let me see.\n\nI have noted it.');
    assert.deepEqual(
      chunks.flatMap(chunk => chunk.choices.flatMap(choice => choice.finish_reason ?? [])),
      ['stop'],
    );
    assert.equal(chunks.at(-1)?.usage?.total_tokens, 30);
    assert.equal(new Set(chunks.map(chunk => chunk.id)).size, 1);
  });

  it('lets the older agents speak by send_message', async () => {
    stack.mock.script = () => ({
      toolCalls: [{ name: 'send_message', args: { thinking: 'They greet me.', message: 'Hello there!', request_heartbeat: false } }],
    });
    const model = await client.newAgent({ agent_type: 'memgpt_agent' });
    const answer = await openai.chat.completions.create({ model, messages: [user('Hi')] });
    assert.equal(answer.choices[0]?.message.content, 'Hello there!');
    const stream = await openai.chat.completions.create({ model, messages: [user('Hi')], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, 'Hello there!');
  });

  it('says by the finish reason that the answer is cut short', async () => {
    stack.mock.script = () => ({ toolCalls: [{ name: 'conversation_search', args: { query: 'x' } }] });
    const api = await runApi(stack.backend, { ...stack.backend.settings, maxSteps: 2 }, pino({ level: 'silent' }));
    try {
      const short = new OpenAI({ baseURL: `http://127.0.0.1:${api.port}/v1`, apiKey: 'none', maxRetries: 0 });
      const answer = await short.chat.completions.create({ model: await client.newAgent(), messages: [user('loop')] });
      assert.equal(answer.choices[0]?.finish_reason, 'length');
      assert.equal(answer.choices[0].message.content, '');
    } finally {
      await api.stop();
    }
  });

  it('sends images', async () => {
    let seen = '';
    stack.mock.script = request => {
      seen = JSON.stringify(request.messages.at(-1));
      return { text: 'A dot.' };
    };
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'image_url' as const, image_url: { url } },
    ];
    await openai.chat.completions.create({ model: await client.newAgent(), messages: [{ role: 'user', content }] });
    assert.ok(seen.includes(url));
    const bad = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,xx' } }];
    await assert.rejects(
      openai.chat.completions.create({ model: await client.newAgent(), messages: [{ role: 'user', content: bad }] }),
      (error: unknown) => error instanceof OpenAI.APIError && error.status === 400 && /image cannot be used/.test(error.message),
    );
  });

  it('tells failures of the model as an error, in the stream as an error chunk', async () => {
    stack.mock.script = () => ({ error: { status: 401, body: { error: { message: 'bad key' } } } });
    const model = await client.newAgent();
    await assert.rejects(openai.chat.completions.create({ model, messages: [user('Hi')] }), (error: unknown) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.deepEqual([error.status, error.code], [401, 'llm_authentication']);
      return true;
    });
    const stream = await openai.chat.completions.create({ model, messages: [user('Hi')], stream: true });
    await assert.rejects(
      async () => {
        for await (const _chunk of stream);
      },
      (error: unknown) => error instanceof OpenAI.APIError && error.code === 'llm_authentication' && error.type === 'server_error',
    );
  });

  it('refuses what an agent cannot do, in words that OpenAI clients show', async () => {
    const model = await client.newAgent();
    const wrong: readonly [object, number, RegExp][] = [
      [{ model: 'gpt-4.1' }, 400, /id of an agent/],
      [{ model: 'agent-00000000-0000-4000-8000-000000000000' }, 404, /Agent not found/],
      [{ n: 2 }, 400, /'n'/],
      [{ messages: [{ role: 'system', content: 'x' }] }, 400, /none of the user/],
      [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 501, /'tools'/],
      [{ response_format: { type: 'json_object' } }, 501, /json_object/],
    ];
    for (const [members, status, text] of wrong) {
      const request = { model, messages: [user('Hi')], ...members } as OpenAI.ChatCompletionCreateParamsNonStreaming;
      await assert.rejects(openai.chat.completions.create(request), (error: unknown) => {
        assert.ok(error instanceof OpenAI.APIError);
        assert.equal(error.status, status);
        assert.match(error.message, text);
        return true;
      });
    }
  });
});
