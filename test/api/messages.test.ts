import assert from 'node:assert/strict';
import { Letta } from '@letta-ai/letta-client';
import { textOf } from '../support/mock-openai.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** The SDK's union has it on some of its members only. */
function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : undefined;
}

describe('messages by the official SDK', () => {
  let stack: Stack;
  let client: Letta;

  before(async () => {
    stack = await sharedStack();
    client = new Letta({ baseURL: stack.url, apiKey: 'none', maxRetries: 0 });
  });

  async function newAgent(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return (await client.agents.create({ model: 'openai/mock-model', memory_blocks: [{ label: 'human', value: '' }], ...more })).id;
  }

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

  async function readRun(runId: string, startingAfter: number) {
    const events: { message_type: string; content?: string; seq_id?: number }[] = [];
    const stream = await client.runs.messages.stream(runId, { starting_after: startingAfter, include_pings: false });
    for await (const event of stream) events.push(event as unknown as (typeof events)[number]);
    return events;
  }

  it('never interleaves two sends to one agent, and never refuses the one that follows', async () => {
    const orders: string[] = [];
    stack.mock.script = async request => {
      const last = textOf(request.messages.findLast(message => message.role === 'user'));
      orders.push(`start ${last}`);
      await new Promise(resolve => setTimeout(resolve, 100));
      orders.push(`end ${last}`);
      return { text: `answer to ${last}` };
    };
    const agentId = await newAgent();
    await Promise.all(['1', '2', '3'].map(input => client.agents.messages.create(agentId, { input })));
    for (let index = 0; index < orders.length; index += 2) {
      assert.equal(orders[index]?.replace('start', ''), orders[index + 1]?.replace('end', ''));
    }
    for (let index = 0; index < 10; index += 1) await client.agents.messages.create(agentId, { input: `quick ${index}` });
    const roles = (await client.agents.messages.list(agentId, { order: 'asc' })).items.slice(1).map(message => message.message_type);
    assert.deepEqual(roles, Array.from({ length: 13 }, () => ['user_message', 'assistant_message']).flat());
  });

  it('refuses with 409 and the busy run when asked to, and does not tell the SDK to try again', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    stack.mock.script = async () => {
      await gate;
      return { text: 'late' };
    };
    const agentId = await newAgent();
    const run = await client.agents.messages.createAsync(agentId, { input: 'slow' });
    const refused = await send(agentId, { input: 'now', on_busy: 'reject' });
    assert.equal(refused.status, 409);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    assert.equal(((await refused.json()) as { run_id: string }).run_id, run.id);
    release();
    await readRun(run.id, 0);
  });

  function send(agentId: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${stack.url}/v1/agents/${agentId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  it('attaches a repeated request to its run instead of running twice', async () => {
    let calls = 0;
    stack.mock.script = async () => {
      calls += 1;
      await new Promise(resolve => setTimeout(resolve, 200));
      return { text: `answer ${calls}` };
    };
    const agentId = await newAgent();
    const body = { messages: [{ role: 'user', content: 'once', otid: 'my-own-otid' }] };
    const [first, second] = await Promise.all([send(agentId, body), send(agentId, body)]);
    assert.deepEqual(await first.json(), await second.json());
    assert.equal(calls, 1, 'one otid, one run');
    const keyed = await Promise.all([1, 2].map(() => send(agentId, { input: 'keyed' }, { 'idempotency-key': 'k1' })));
    assert.deepEqual(await keyed[0]?.json(), await keyed[1]?.json());
    assert.equal(calls, 2, 'one key, one run');
    const aborter = new AbortController();
    const cut = fetch(`${stack.url}/v1/agents/${agentId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'cut off' }),
      signal: aborter.signal,
    }).catch(() => null);
    await new Promise(resolve => setTimeout(resolve, 100));
    aborter.abort();
    await cut;
    const retried = await send(agentId, { input: 'cut off' }, { 'x-stainless-retry-count': '1' });
    assert.equal(retried.status, 200);
    assert.equal(calls, 3);
    const again = await send(agentId, { input: 'cut off' });
    assert.equal(again.status, 200);
    assert.equal(calls, 4, 'the same words again are a new message');
  });

  it('cancels one run at a time: the running one stops, the queued one goes on', async () => {
    stack.mock.script = request => ({
      text: textOf(request.messages.at(-1)) === 'long' ? 'word '.repeat(400) : 'short',
      pieceDelayMs: textOf(request.messages.at(-1)) === 'long' ? 50 : 0,
    });
    const agentId = await newAgent();
    const long = await client.agents.messages.createAsync(agentId, { input: 'long' });
    const next = await client.agents.messages.createAsync(agentId, { input: 'next' });
    const started = readRun(long.id, 0);
    await new Promise(resolve => setTimeout(resolve, 600));
    const outcome = await client.agents.messages.cancel(agentId, { run_ids: [long.id] });
    assert.deepEqual(outcome, { [long.id]: 'cancelled' });
    const events = await started;
    assert.equal(events.filter(event => event.message_type === 'stop_reason').length, 1);
    assert.equal((await client.runs.retrieve(long.id)).status, 'cancelled');
    await readRun(next.id, 0);
    assert.equal((await client.runs.retrieve(next.id)).status, 'completed');
    const stored = (await client.runs.messages.list(long.id)).items.filter(message => message.message_type === 'assistant_message');
    assert.equal(contentOf(stored[0]), events.map(event => event.content ?? '').join(''), 'what was streamed before the cancel is kept');
  });

  it('settles a queued run at once when it is cancelled', async () => {
    stack.mock.script = () => ({ text: 'x '.repeat(20), pieceDelayMs: 30 });
    const agentId = await newAgent();
    const first = await client.agents.messages.createAsync(agentId, { input: 'first' });
    const second = await client.agents.messages.createAsync(agentId, { input: 'second' });
    await client.agents.messages.cancel(agentId, { run_ids: [second.id] });
    assert.equal((await client.runs.retrieve(second.id)).status, 'cancelled');
    await readRun(first.id, 0);
    assert.equal((await client.runs.retrieve(first.id)).status, 'completed');
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
