import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import type { SeenRequest } from '../support/mock-openai.js';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory, userTexts } from '../support/valid-history.js';

const said = 'one two three ';

describe('the connection to a provider', () => {
  const api = useStack();
  const { stack } = api;

  for (const form of wireForms) {
    it(`is closed while nothing comes when a run is cancelled in the middle of an answer of ${form}, and what came is kept`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form] });
      const { runId, request } = await hold(agentId, { text: `${said}four five`, holdAfter: form === 'anthropic' ? 4 : 3 });
      await api.untilStreamed(runId, said);
      await api.letta.agents.messages.cancel(agentId, { run_ids: [runId] });
      assert.equal(await request.closed, 'left');
      const events = await api.readRun(runId);
      assert.deepEqual(
        events.slice(-1).map(event => event.message_type),
        ['stop_reason'],
      );
      const run = await api.letta.runs.retrieve(runId);
      assert.deepEqual([run.status, run.stop_reason], ['cancelled', 'cancelled']);
      const kept = (await api.letta.runs.messages.list(runId)).items.filter(message => message.message_type === 'assistant_message');
      assert.deepEqual(kept.map(contentOf), [said]);
      await answersNext(agentId, request);
    });

    it(`is closed when a run is cancelled before the first byte of an answer of ${form}`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form] });
      let release = (): void => undefined;
      const gate = new Promise<void>(resolve => (release = resolve));
      const { runId, request } = await hold(agentId, {}, gate);
      await api.letta.agents.messages.cancel(agentId, { run_ids: [runId] });
      assert.equal(await request.closed, 'left');
      release();
      await api.readRun(runId);
      assert.equal((await api.letta.runs.retrieve(runId)).status, 'cancelled');
      await answersNext(agentId, request);
    });
  }

  it('is not opened again when a run is cancelled while it waits for its next try', async () => {
    const agentId = await api.newAgent();
    const before = stack.mock.seen.length;
    stack.mock.script = () => ({ error: { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '60' } } });
    const run = await api.letta.agents.messages.createAsync(agentId, { input: 'hello' });
    await untilSeen(before);
    await api.letta.agents.messages.cancel(agentId, { run_ids: [run.id] });
    await api.readRun(run.id);
    assert.equal((await api.letta.runs.retrieve(run.id)).status, 'cancelled');
    assert.equal(stack.mock.seen.length, before + 1);
  });

  for (const mode of ['blocking', 'streaming'] as const) {
    it(`stays open when the client of a ${mode} request leaves: the run goes on`, async () => {
      const agentId = await api.newAgent();
      const before = stack.mock.seen.length;
      let release = (): void => undefined;
      const gate = new Promise<void>(resolve => (release = resolve));
      stack.mock.script = async () => {
        await gate;
        return { text: 'Still here.' };
      };
      const leave = new AbortController();
      const body = { input: 'hello', ...(mode === 'streaming' ? { streaming: true, stream_tokens: true } : {}) };
      const request = fetch(`${stack.url}/v1/agents/${agentId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: leave.signal,
      }).then(response => response.text());
      await untilSeen(before);
      leave.abort();
      await assert.rejects(request);
      release();
      const run = (await api.letta.runs.list({ agent_id: agentId })).items[0];
      assert.ok(run);
      await api.readRun(run.id);
      assert.equal((await api.letta.runs.retrieve(run.id)).status, 'completed');
      assert.equal(await stack.mock.seen[before]?.closed, 'answered');
      assert.equal(stack.mock.seen.length, before + 1);
    });
  }

  /** A run in the background whose provider has begun to answer and goes no further. */
  async function hold(
    agentId: string,
    reply: { readonly text?: string; readonly holdAfter?: number },
    gate?: Promise<void>,
  ): Promise<{ runId: string; request: SeenRequest }> {
    const before = stack.mock.seen.length;
    stack.mock.script = async () => {
      await gate;
      return reply;
    };
    const run = await api.letta.agents.messages.createAsync(agentId, { input: 'first' });
    return { runId: run.id, request: await untilSeen(before) };
  }

  async function untilSeen(count: number): Promise<SeenRequest> {
    for (;;) {
      const request = stack.mock.seen[count];
      if (request !== undefined) return request;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  /** The cancelled call was not paid for again, and the agent goes on after it. */
  async function answersNext(agentId: string, cancelled: SeenRequest): Promise<void> {
    assert.equal(stack.mock.seen.at(-1), cancelled, 'the provider was not asked again');
    stack.mock.script = () => ({ text: 'Next.' });
    assert.equal((await api.send(agentId, { input: 'second' })).status, 200);
    const last = stack.mock.seen.at(-1);
    assert.ok(last);
    assertValidHistory(last);
    assert.deepEqual(userTexts(last), ['first', 'second']);
  }
});
