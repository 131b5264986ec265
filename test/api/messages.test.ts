import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

/** The SDK's union has it on some of its members only. */
describe('messages by the official SDK', () => {
  const { stack, letta: client, newAgent, send, readRun } = useStack();

  it('answers a blocking request with messages, stop reason and usage', async () => {
    stack.mock.script = () => ({ text: 'Good day to you.' });
    const answer = await client.agents.messages.create(await newAgent(), { messages: [{ role: 'user', content: 'Hi' }] });
    assert.deepEqual(
      answer.messages.map(message => message.message_type),
      ['assistant_message'],
    );
    assert.equal(answer.stop_reason.stop_reason, 'end_turn');
    assert.equal(answer.usage.total_tokens, 15);
    assert.equal(answer.usage.step_count, 1);
  });

  it('streams tokens whose texts joined by id equal the stored messages', async () => {
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'I have noted it for you.' }
        : { text: 'Let me see.', toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea' } }] };
    const agentId = await newAgent();
    const joined = new Map<string, string>();
    const kinds: string[] = [];
    let lastSeq = 0;
    const stream = await client.agents.messages.stream(agentId, {
      messages: [{ role: 'user', content: 'I like tea' }],
      stream_tokens: true,
    });
    for await (const event of stream) {
      const chunk = event as unknown as { message_type: string; id: string; content?: string; seq_id?: number | null };
      kinds.push(chunk.message_type);
      if (chunk.message_type === 'assistant_message') joined.set(chunk.id, (joined.get(chunk.id) ?? '') + (chunk.content ?? ''));
      if (typeof chunk.seq_id === 'number' && chunk.message_type !== 'ping') {
        assert.ok(chunk.seq_id > lastSeq, 'seq_id rises');
        lastSeq = chunk.seq_id;
      }
    }
    assert.deepEqual(kinds.slice(-2), ['stop_reason', 'usage_statistics']);
    assert.ok(kinds.includes('tool_call_message') && kinds.includes('tool_return_message'));
    const listed = (await client.agents.messages.list(agentId)).items.filter(message => message.message_type === 'assistant_message');
    for (const message of listed) assert.equal(joined.get(message.id), contentOf(message));
    assert.equal(listed.length, 2);
    const block = await client.agents.blocks.retrieve('human', { agent_id: agentId });
    assert.match(block.value, /Likes tea/);
  });

  it('streams whole messages after each step when tokens are not asked for', async () => {
    stack.mock.script = () => ({ text: 'One two three.' });
    const stream = await client.agents.messages.create(await newAgent(), { input: 'Go', streaming: true });
    const events: { message_type: string; content?: unknown }[] = [];
    for await (const event of stream) events.push(event as unknown as { message_type: string });
    const said = events.filter(event => event.message_type === 'assistant_message');
    assert.deepEqual(
      said.map(event => event.content),
      ['One two three.'],
    );
  });

  it('returns the run of a background request at once, and its messages and steps later', async () => {
    stack.mock.script = () => ({ text: 'Done in the background.', pieceDelayMs: 20 });
    const agentId = await newAgent();
    const run = await client.agents.messages.createAsync(agentId, { input: 'Work' });
    assert.equal(run.status, 'created');
    assert.equal(run.background, true);
    let current = await client.runs.retrieve(run.id);
    while (current.status === 'created' || current.status === 'running') {
      await new Promise(resolve => setTimeout(resolve, 50));
      current = await client.runs.retrieve(run.id);
    }
    assert.equal(current.status, 'completed');
    const messages = await client.runs.messages.list(run.id);
    assert.deepEqual(
      messages.items.map(message => message.message_type),
      ['user_message', 'assistant_message'],
    );
    const steps = await client.runs.steps.list(run.id);
    assert.equal(steps.items.length, 1);
    assert.equal(steps.items[0]?.status, 'success');
    assert.equal((await client.runs.usage.retrieve(run.id)).total_tokens, 15);
  });

  it('resumes a stream after any seq_id without gap or double', async () => {
    stack.mock.script = () => ({ text: 'a b c d e f g h', pieceDelayMs: 5 });
    const run = await client.agents.messages.createAsync(await newAgent(), { input: 'Count' });
    const all = await readRun(run.id, 0);
    const content = (events: typeof all) => events.map(event => event.content ?? '').join('');
    assert.equal(content(all), 'a b c d e f g h');
    const middle = all.find(event => event.content !== undefined)?.seq_id ?? 0;
    const rest = await readRun(run.id, middle);
    const before = all.filter(event => (event.seq_id ?? 0) <= middle);
    assert.equal(content(before) + content(rest), 'a b c d e f g h');
  });

  it('shows failures of the provider as V1 does, and keeps the input', async () => {
    stack.mock.script = () => ({
      error: { status: 401, body: { error: { message: 'bad key sk-test-secret', type: 'auth', code: 'invalid_api_key' } } },
    });
    const agentId = await newAgent();
    const response = await send(agentId, { input: 'hello?' });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('x-should-retry'), 'false');
    const body = (await response.json()) as { error: { type: string; detail: string } };
    assert.equal(body.error.type, 'llm_authentication');
    assert.doesNotMatch(JSON.stringify(body), /sk-test/);
    stack.mock.script = () => ({ text: 'back again' });
    await client.agents.messages.create(agentId, { input: 'and now?' });
    const kinds = (await client.agents.messages.list(agentId, { order: 'asc' })).items.map(message => message.message_type);
    assert.deepEqual(kinds, ['system_message', 'user_message', 'user_message', 'assistant_message']);
  });

  it('tries a model call again after a failure that may pass', async () => {
    let calls = 0;
    stack.mock.script = () => {
      calls += 1;
      return calls === 1
        ? { error: { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after-ms': '10' } } }
        : { text: 'ok' };
    };
    const answer = await client.agents.messages.create(await newAgent(), { input: 'hi' });
    assert.equal(answer.stop_reason.stop_reason, 'end_turn');
    assert.equal(calls, 2);
  });

  it('compacts a context that overflows, and goes on in the same step', async () => {
    const agentId = await newAgent();
    stack.mock.script = () => ({ text: 'noted' });
    for (let index = 0; index < 4; index += 1) await client.agents.messages.create(agentId, { input: `fact ${index}` });
    let overflows = 0;
    stack.mock.script = request => {
      if (textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'They told me four facts.' };
      if (overflows === 0) {
        overflows += 1;
        return {
          error: {
            status: 400,
            body: { error: { message: "This model's maximum context length is 10 tokens", code: 'context_length_exceeded' } },
          },
        };
      }
      return { text: textOf(request.messages[1]).includes('four facts') ? 'I remember.' : 'no summary' };
    };
    const answer = await client.agents.messages.create(agentId, { input: 'and?' });
    assert.match(JSON.stringify(answer.messages), /I remember\./);
    assert.equal(answer.usage.step_count, 1);
    const rows = await stack.backend.database.query(
      'select 1 from compactions c join conversations v on v.id = c.conversation_id where v.agent_id = $1',
      [agentId],
    );
    assert.equal(rows.length, 1);
  });

  it('runs a tool once and tells the model of its failure', async () => {
    const seen: string[] = [];
    stack.testTool = async (call, args) => {
      seen.push(call.id);
      return Promise.resolve(args['text'] === 'fail' ? { status: 'error', value: 'it broke' } : { status: 'success', value: 'fine' });
    };
    stack.mock.script = request => {
      const results = request.messages.filter(message => message.role === 'tool').map(message => textOf(message));
      if (results.length === 0) {
        return {
          toolCalls: [
            { name: 'test_tool', args: { text: 'ok' }, id: 'same' },
            { name: 'test_tool', args: { text: 'fail' }, id: 'same' },
          ],
        };
      }
      return { text: results.join(' | ') };
    };
    const agentId = await newAgent({ tools: ['test_tool'], model_settings: { provider_type: 'openai', parallel_tool_calls: true } });
    const answer = await client.agents.messages.create(agentId, { input: 'go' });
    assert.match(JSON.stringify(answer.messages.at(-1)), /fine.*it broke/);
    assert.equal(new Set(seen).size, 2);
  });

  it('ends after the number of steps that the request allows', async () => {
    stack.mock.script = () => ({ toolCalls: [{ name: 'conversation_search', args: { query: 'x' } }] });
    const answer = await client.agents.messages.create(await newAgent(), { input: 'loop', max_steps: 2 });
    assert.equal(answer.stop_reason.stop_reason, 'max_steps');
    assert.equal(answer.usage.step_count, 2);
  });

  it('lets the older agents speak by send_message, shown as what they say', async () => {
    stack.mock.script = () => ({
      toolCalls: [{ name: 'send_message', args: { thinking: 'They greet me.', message: 'Hello there!', request_heartbeat: false } }],
    });
    const agentId = await newAgent({ agent_type: 'memgpt_agent' });
    const answer = await client.agents.messages.create(agentId, { input: 'Hi' });
    assert.deepEqual(
      answer.messages.map(message => [message.message_type, 'content' in message ? message.content : null]),
      [
        ['reasoning_message', null],
        ['assistant_message', 'Hello there!'],
      ],
    );
    assert.equal(answer.stop_reason.stop_reason, 'end_turn');
  });
});
