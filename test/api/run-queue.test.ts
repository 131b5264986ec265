import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { createGate, until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

describe('runs of one agent by the official SDK', () => {
  const { stack, letta: client, newAgent, send, readRun } = useStack();

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
    await until(async () => {
      const [row] = await stack.backend.database.query<{ n: number }>('select count(*)::int as n from run_events where run_id = $1', [
        long.id,
      ]);
      return row !== undefined && row.n > 5;
    });
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
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent();
    const first = await client.agents.messages.createAsync(agentId, { input: 'first' });
    const second = await client.agents.messages.createAsync(agentId, { input: 'second' });
    await client.agents.messages.cancel(agentId, { run_ids: [second.id] });
    assert.equal((await client.runs.retrieve(second.id)).status, 'cancelled');
    gate.open();
    await readRun(first.id, 0);
    assert.equal((await client.runs.retrieve(first.id)).status, 'completed');
  });
});
