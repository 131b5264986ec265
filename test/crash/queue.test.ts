import assert from 'node:assert/strict';
import { agentClient, contentOf } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('kill -9 around queues, cancels and pauses', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let client: AgentClient;

  before(async () => {
    cluster = await sharedCluster();
    client = agentClient(cluster.url);
  });
  beforeEach(() => {
    cluster.onBoundary = () => undefined;
    cluster.onEffect = () => undefined;
    cluster.effects.length = 0;
  });

  const post = async (path: string, body: object = {}): Promise<Record<string, unknown>> => {
    const response = await fetch(`${cluster.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Record<string, unknown>;
  };
  const start = async (agentId: string, input: string, more: object = {}): Promise<string> =>
    String((await post(`/v1/agents/${agentId}/messages/async`, { input, ...more }))['id']);
  const run = (runId: string) => client.letta.runs.retrieve(runId);
  const ended = (runId: string): Promise<void> =>
    until(async () => ['completed', 'failed', 'cancelled'].includes((await run(runId).catch(() => null))?.status ?? ''));
  const texts = async (agentId: string): Promise<unknown[]> =>
    (await client.letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(1).map(contentOf);

  it('of everything while an agent is paused in mid-run: the resume goes on, nothing happens twice', async () => {
    const asked: number[] = [];
    cluster.mock.script = request => {
      const returns = request.messages.filter(message => message.role === 'tool').length;
      asked.push(returns);
      return returns === 0 ? { toolCalls: [{ name: 'test_tool', args: { text: 'once' } }] } : { text: 'went on' };
    };
    const agentId = await client.newAgent({ tools: ['test_tool'] });
    let committed = false;
    cluster.onEffect = async () => {
      await post(`/v1/agents/${agentId}/pause`);
    };
    cluster.onBoundary = ({ activity, when }) => {
      committed ||= activity === 'persistStep' && when === 'after';
    };
    const runId = await start(agentId, 'go');
    await until(() => committed);
    for (const name of ['worker', 'temporal', 'postgres'] as const) cluster.kill(name);
    await cluster.start('worker');
    await until(async () => (await run(runId).catch(() => null))?.status === 'running');
    assert.deepEqual(asked, [0], 'nothing goes on while it is paused');
    await until(() =>
      post(`/v1/agents/${agentId}/resume`).then(
        () => true,
        () => false,
      ),
    );
    await ended(runId);
    assert.equal((await run(runId)).status, 'completed');
    assert.deepEqual(asked, [0, 1]);
    assert.equal(cluster.effects.length, 1);
  });

  it('of everything while an agent sleeps until a time: it wakes then, and what waits runs once', async () => {
    const asked: number[] = [];
    cluster.mock.script = () => {
      asked.push(Date.now());
      return { text: 'good morning' };
    };
    const agentId = await client.newAgent();
    const wakeAt = new Date(Date.now() + 6000);
    await post(`/v1/agents/${agentId}/sleep`, { until: wakeAt.toISOString(), wake_on_message: false });
    const runId = await start(agentId, 'wake up');
    assert.equal((await run(runId)).status, 'created');
    for (const name of ['worker', 'api', 'temporal', 'postgres'] as const) cluster.kill(name);
    await Promise.all([cluster.start('api'), cluster.start('worker')]);
    await ended(runId);
    assert.equal((await run(runId)).status, 'completed');
    assert.equal(asked.length, 1);
    assert.ok(Number(asked[0]) >= wakeAt.getTime(), 'not before its time');
    assert.deepEqual(await texts(agentId), ['wake up', 'good morning']);
    const agent = (await client.letta.agents.retrieve(agentId)) as unknown as { lifecycle_state: unknown; wake_at: unknown };
    assert.deepEqual([agent.lifecycle_state, agent.wake_at], ['running', null]);
  });

  it('of the worker in the middle of an answer that is then cancelled: what was shown is kept, and the agent goes on', async () => {
    cluster.mock.script = request =>
      textOf(request.messages.at(-1)) === 'slow' ? { reasoning: 'Well, ', text: 'one two three', holdAfter: 3 } : { text: 'still here' };
    const agentId = await client.newAgent();
    const runId = await start(agentId, 'slow');
    await client.untilStreamed(runId, 'one two ');
    const asked = cluster.mock.seen.length;
    cluster.kill('worker');
    assert.deepEqual(await client.letta.agents.messages.cancel(agentId), { [runId]: 'cancelled' });
    await cluster.start('worker');
    await ended(runId);
    const stopped = await run(runId);
    assert.deepEqual([stopped.status, stopped.stop_reason], ['cancelled', 'cancelled']);
    assert.equal(cluster.mock.seen.length, asked, 'the model is not asked again');
    const events = await client.readRun(runId);
    assert.equal(events.filter(event => event.message_type === 'stop_reason').length, 1);
    const shown = 'one two ';
    assert.equal(events.map(event => event.content ?? '').join(''), shown);
    const kept = (await client.letta.runs.messages.list(runId)).items.map(message => message.message_type);
    assert.deepEqual(kept.toSorted(), ['assistant_message', 'reasoning_message', 'user_message']);
    await client.letta.agents.messages.create(agentId, { input: 'hello' });
    assert.deepEqual(
      (await texts(agentId)).filter(text => text !== undefined),
      ['slow', shown, 'hello', 'still here'],
    );
  });

  it('of the worker between a cancel by rollback and its undo: what the run did is undone all the same', async () => {
    let step = 0;
    let interrupting = false;
    let killed = false;
    cluster.mock.script = request => {
      if (textOf(request.messages.findLast(message => message.role === 'user')) !== 'remember') return { text: 'instead' };
      step += 1;
      return step === 1
        ? { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'likes tea' } }] }
        : { text: 'word '.repeat(400), pieceDelayMs: 50 };
    };
    cluster.onBoundary = async ({ activity, when }) => {
      if (killed || !interrupting || activity !== 'advanceConversation' || when !== 'before') return;
      killed = true;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const agentId = await client.newAgent({ memory_blocks: [{ label: 'human', value: 'before' }] });
    const undone = await start(agentId, 'remember');
    await until(() => step === 2);
    interrupting = true;
    const next = await start(agentId, 'forget it', { on_busy: 'rollback' });
    await Promise.all([undone, next].map(ended));
    assert.ok(killed);
    assert.deepEqual(
      (await Promise.all([undone, next].map(run))).map(({ status }) => status),
      ['cancelled', 'completed'],
    );
    assert.deepEqual(await texts(agentId), ['forget it', 'instead']);
    assert.equal((await client.letta.agents.blocks.retrieve('human', { agent_id: agentId })).value, 'before');
  });
});
