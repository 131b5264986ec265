import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { pino } from 'pino';
import type { Settings } from '../../src/config/settings.js';
import { runApi } from '../../src/main/api-role.js';
import { allSse } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';
import { eventsOf, openWs } from '../support/ws-client.js';
import type { WsClient } from '../support/ws-client.js';

describe('the WebSocket', () => {
  const client = useStack();
  const { stack } = client;
  const open: WsClient[] = [];
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const ws of open.splice(0)) ws.socket.terminate();
    for (const stop of stops.splice(0)) await stop();
  });

  async function connectTo(url = stack.url, options: Parameters<typeof openWs>[1] = {}): Promise<WsClient> {
    const ws = await openWs(`${url}/v1/ws`, options);
    open.push(ws);
    return ws;
  }
  /** Another API on the same backend. */
  async function apiWith(settings: Partial<Settings>): Promise<string> {
    const api = await runApi(stack.backend, { ...stack.backend.settings, ...settings }, pino({ level: 'silent' }));
    stops.push(() => api.stop());
    return `http://127.0.0.1:${api.port}`;
  }
  const sse = async (runId: string): Promise<unknown[]> => {
    const response = await fetch(`${stack.url}/v1/runs/${runId}/stream`, { method: 'POST' });
    return (await allSse(response)).map(event => event.data);
  };

  it('sends a message and gives the same events as server-sent events are', async () => {
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'I have noted it.' }
        : { text: 'Let me see.', toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'tea' } }] };
    const ws = await connectTo();
    for (const stream_tokens of [true, false]) {
      const id = `send ${String(stream_tokens)}`;
      ws.say({ type: 'send', id, agent_id: await client.newAgent(), input: 'I like tea', stream_tokens });
      const answer = await ws.answerTo(id);
      const runId = answer[0]?.accepted?.run_id ?? '';
      assert.match(runId, /^run-/);
      assert.deepEqual(answer.at(-1), { id, done: true });
      const [ping, ...events] = eventsOf(answer);
      assert.deepEqual([ping?.message_type, ping?.run_id], ['ping', runId]);
      assert.deepEqual([...events, '[DONE]'], (await sse(runId)).slice(1));
    }
  });

  it('follows several runs on one connection, each from where its client left off', async () => {
    stack.mock.script = () => ({ text: 'a b c d e f', pieceDelayMs: 20 });
    const ws = await connectTo();
    const runs = await Promise.all(
      [1, 2, 3].map(async () => client.letta.agents.messages.createAsync(await client.newAgent(), { input: 'Go' })),
    );
    for (const { id } of runs) ws.say({ type: 'subscribe', id, run_id: id });
    for (const { id } of runs) {
      const text = eventsOf(await ws.answerTo(id)).map(event => event.content ?? '');
      assert.equal(text.join(''), 'a b c d e f');
    }
    const [run] = runs;
    const all = eventsOf(await ws.answerTo(run?.id ?? ''));
    const middle = all.find(event => event.message_type === 'assistant_message')?.seq_id ?? 0;
    ws.say({ type: 'subscribe', id: 'rest', run_id: run?.id, starting_after: middle, include_pings: false });
    const rest = eventsOf(await ws.answerTo('rest'));
    assert.deepEqual(
      rest,
      all.filter(event => event.message_type !== 'ping' && (event.seq_id ?? Infinity) > middle),
    );
  });

  it('sends to a conversation by its id', async () => {
    stack.mock.script = () => ({ text: 'here' });
    const agentId = await client.newAgent();
    const conversation = await client.letta.conversations.create({ agent_id: agentId });
    const ws = await connectTo();
    ws.say({ type: 'send', id: 'c', conversation_id: conversation.id, input: 'Hi' });
    const runId = (await ws.answerTo('c'))[0]?.accepted?.run_id ?? '';
    assert.equal((await client.letta.runs.retrieve(runId)).conversation_id, conversation.id);
  });

  it('attaches a message that is sent again to its run', async () => {
    stack.mock.script = () => ({ text: 'once' });
    const agentId = await client.newAgent();
    const messages = [{ role: 'user', content: 'Hi', otid: 'sent-over-ws' }];
    const [first, second] = [await connectTo(), await connectTo()];
    first.say({ type: 'send', id: 'a', agent_id: agentId, messages });
    const runId = (await first.answerTo('a'))[0]?.accepted?.run_id;
    second.say({ type: 'send', id: 'b', agent_id: agentId, messages });
    assert.equal((await second.answerTo('b'))[0]?.accepted?.run_id, runId);
  });

  it('cancels a run and stops following one', async () => {
    stack.mock.script = () => ({ text: 'word '.repeat(500), pieceDelayMs: 20 });
    const ws = await connectTo();
    ws.say({ type: 'send', id: 'long', agent_id: await client.newAgent(), input: 'Go', stream_tokens: true });
    const runId = (await ws.until(message => message.accepted !== undefined)).accepted?.run_id ?? '';
    ws.say({ type: 'subscribe', id: 'other', run_id: runId });
    await ws.until(message => message.id === 'other' && message.event?.message_type === 'assistant_message');
    ws.say({ type: 'unsubscribe', id: 'other' });
    assert.deepEqual((await ws.answerTo('other')).at(-1), { id: 'other', done: false });
    ws.say({ type: 'cancel', id: 'stop', run_id: runId });
    assert.deepEqual(await ws.answerTo('stop'), [{ id: 'stop', done: true }]);
    const end = eventsOf(await ws.answerTo('long')).at(-1);
    assert.deepEqual([end?.message_type, end?.['stop_reason']], ['stop_reason', 'cancelled']);
  });

  it('says what is wrong with a message, with the status and body of HTTP, and goes on', async () => {
    const ws = await connectTo(await apiWith({ wsMaxSubscriptions: 1 }));
    const agentId = 'agent-00000000-0000-4000-8000-000000000000';
    const wrong: readonly [unknown, number, RegExp][] = [
      [{ type: 'send', id: '1', agent_id: agentId, input: 'Hi' }, 404, /Agent not found/],
      [{ type: 'send', id: '2', agent_id: 'x', input: 'Hi' }, 422, /agent_id/],
      [{ type: 'send', id: '3', agent_id: agentId }, 422, /Exactly one/],
      [{ type: 'send', id: '3b', input: 'Hi' }, 422, /'agent_id' and 'conversation_id'/],
      [{ type: 'subscribe', id: '4', run_id: 'run-00000000-0000-4000-8000-000000000000' }, 404, /Run with id/],
      [{ type: 'unsubscribe', id: '5' }, 404, /Nothing is followed/],
      [{ type: 'shout', id: '6' }, 422, /type/],
    ];
    for (const [message, status, text] of wrong) {
      ws.say(message);
      const { id } = message as { id: string };
      const error = (await ws.answerTo(id))[0]?.error;
      assert.equal(error?.status, status, id);
      assert.match(JSON.stringify(error.body), text);
    }
    ws.socket.send('{');
    assert.equal((await ws.until(message => message.id === null)).error?.status, 422);

    let release: () => void = () => undefined;
    const isReleased = new Promise<void>(resolve => (release = resolve));
    stack.mock.script = async () => {
      await isReleased;
      return { text: 'late' };
    };
    ws.say({ type: 'send', id: 'one', agent_id: await client.newAgent(), input: 'Hi' });
    await ws.until(message => message.accepted !== undefined);
    ws.say({ type: 'send', id: 'two', agent_id: await client.newAgent(), input: 'Hi' });
    assert.equal((await ws.answerTo('two'))[0]?.error?.status, 429);
    release();
    assert.equal((await ws.answerTo('one')).at(-1)?.done, true);
  });

  it('lets in whoever shows the key, in a header or in the first message, and nobody else', async () => {
    const url = await apiWith({ password: 'sesame' });
    const cancel = { type: 'cancel', id: 'c', run_id: 'run-00000000-0000-4000-8000-000000000000' };
    for (const headers of [{ authorization: 'Bearer sesame' }, { 'x-bare-password': 'password sesame' }]) {
      const ws = await connectTo(url, { headers });
      ws.say(cancel);
      assert.equal((await ws.answerTo('c'))[0]?.error?.status, 404);
    }
    const browser = await connectTo(url);
    browser.say({ type: 'auth', key: 'sesame' });
    browser.say(cancel);
    assert.equal((await browser.answerTo('c'))[0]?.error?.status, 404);

    await assert.rejects(connectTo(url, { headers: { authorization: 'Bearer wrong' } }), /401/);
    for (const first of [cancel, { type: 'auth', key: 'wrong' }]) {
      const ws = await connectTo(url);
      ws.say(first);
      assert.equal((await ws.until(message => message.error !== undefined)).error?.status, 401);
      assert.equal(await ws.closed, 4401);
    }
  });

  it('refuses what is larger than a key before it looks at it, from whoever has not shown one', async () => {
    const ws = await connectTo(await apiWith({ password: 'sesame' }));
    ws.say({ type: 'auth', key: 'sesame', more: 'x'.repeat(5000) });
    assert.equal((await ws.until(message => message.error !== undefined)).error?.status, 401);
    assert.equal(await ws.closed, 4401);
  });

  it('lets in pages of the allowed origins only', async () => {
    const url = await apiWith({ corsOrigins: ['https://good.example'] });
    await assert.rejects(connectTo(url, { origin: 'https://bad.example' }), /403/);
    const ws = await connectTo(url, { origin: 'https://good.example' });
    assert.equal(ws.socket.readyState, ws.socket.OPEN);
  });

  it('ends a connection whose message is too large, or that does not answer pings', async () => {
    const url = await apiWith({ wsMaxMessageBytes: 1000, wsPingMs: 50 });
    const large = await connectTo(url);
    large.socket.send('x'.repeat(1001));
    assert.equal(await large.closed, 1009);
    const silent = await connectTo(url, { autoPong: false });
    assert.equal(await silent.closed, 1006);
  });

  it('lets go a client that does not read, without holding up another one', async () => {
    stack.mock.script = () => ({ text: 'x'.repeat(2_000_000) });
    const url = await apiWith({ streamStallMs: 500, wsPingMs: 60_000 });
    const run = await client.letta.agents.messages.createAsync(await client.newAgent(), { input: 'Go' });
    await client.readRun(run.id);
    const [slow, quick] = [await connectTo(url), await connectTo()];
    slow.socket.pause();
    for (let id = 0; id < 10; id += 1) slow.say({ type: 'subscribe', id: String(id), run_id: run.id });
    quick.say({ type: 'subscribe', id: 'q', run_id: run.id });
    assert.equal((await quick.answerTo('q')).at(-1)?.done, true);
    while (stack.backend.events.readerCount() > 0) await new Promise(resolve => setTimeout(resolve, 20));
    slow.socket.resume();
    assert.equal(await slow.closed, 1006);
    assert.ok(slow.messages.filter(message => message.done === true).length < 10, 'more than the network holds was never sent');
  });

  it('tells its clients when the server goes down', async () => {
    const url = await apiWith({});
    const ws = await connectTo(url);
    await stops.pop()?.();
    assert.equal(await ws.closed, 1001);
  });

  it('leaves requests that would become something else as they are', async () => {
    const { port } = new URL(stack.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('GET /v1/health/ HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, close\r\nupgrade: h2c\r\n\r\n');
      });
      socket.once('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.once('error', reject);
    });
    assert.match(answer, /^HTTP\/1\.1 200/);
    assert.equal((await fetch(`${stack.url}/v1/ws`)).status, 426);
  });
});
