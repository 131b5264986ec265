import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { agentWakeWorkflowId, defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { taskQueue } from '../../src/temporal/task-queues.js';
import { contentOf } from '../support/agent-client.js';
import { createGate, until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

interface ShownAgent {
  readonly lifecycle_state: string;
  readonly wake_at: string | null;
}

describe('the life of an agent', () => {
  const { stack, letta: client, newAgent, send, readRun } = useStack();

  const command = (agentId: string, name: string, body: object = {}): Promise<Response> =>
    fetch(`${stack.url}/v1/agents/${agentId}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const done = async (agentId: string, name: string, body: object = {}): Promise<ShownAgent> => {
    const response = await command(agentId, name, body);
    const answer = (await response.json()) as ShownAgent;
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  };
  const stateOf = async (agentId: string): Promise<string> =>
    ((await client.agents.retrieve(agentId)) as unknown as ShownAgent).lifecycle_state;
  const statusOf = async (runId: string): Promise<string | undefined> => (await client.runs.retrieve(runId)).status;
  const start = async (agentId: string, input: string): Promise<string> =>
    (await client.agents.messages.createAsync(agentId, { input })).id;
  const place = (agentId: string) => ({ agentId, conversationId: defaultConversationId(agentId) });
  const idle = (agentId: string): Promise<void> =>
    until(async () => (await stack.backend.conversations.status(place(agentId))) === 'COMPLETED');
  const reconcile = (): Promise<unknown> =>
    stack.backend.temporal.client.workflow.execute('reconcile', { workflowId: `reconcile/test/${randomUUID()}`, taskQueue });
  const execution = async (agentId: string): Promise<string> =>
    (await stack.backend.temporal.client.workflow.getHandle(`agent/${agentId}/default`).describe()).runId;

  /** An agent that is paused while the first of its run's two steps calls a tool. */
  const pausedInMidRun = async (settings: Record<string, unknown> = {}) => {
    const gate = createGate();
    const asked: number[] = [];
    let effects = 0;
    stack.mock.script = request => {
      const returns = request.messages.filter(message => message.role === 'tool').length;
      asked.push(returns);
      return returns === 0 ? { toolCalls: [{ name: 'test_tool', args: {} }] } : { text: 'went on' };
    };
    stack.testTool = async () => {
      effects += 1;
      await gate.opened;
      return { status: 'success', value: 'done' };
    };
    const agentId = await newAgent({ tools: ['test_tool'], ...settings });
    const runId = await start(agentId, 'go');
    await until(() => effects === 1);
    await done(agentId, 'pause');
    gate.open();
    await idle(agentId);
    return { agentId, runId, asked, effects: () => effects };
  };

  it('begins running, and shows its state', async () => {
    assert.equal(await stateOf(await newAgent()), 'running');
  });

  it('paused: messages wait, and are answered in their order once it is resumed', async () => {
    stack.mock.script = request => ({ text: `answer to ${textOf(request.messages.at(-1))}` });
    const agentId = await newAgent();
    assert.equal((await done(agentId, 'pause')).lifecycle_state, 'paused');
    const runs = [await start(agentId, 'one'), await start(agentId, 'two')];
    await idle(agentId);
    assert.deepEqual(await Promise.all(runs.map(statusOf)), ['created', 'created']);
    await done(agentId, 'resume');
    await Promise.all(runs.map(runId => readRun(runId)));
    const texts = (await client.agents.messages.list(agentId, { order: 'asc' })).items.slice(1).map(contentOf);
    assert.deepEqual(texts, ['one', 'answer to one', 'two', 'answer to two']);
  });

  it('paused in mid-run: stops before the next step, holds nothing, and goes on when it is resumed', async () => {
    const { agentId, runId, asked, effects } = await pausedInMidRun();
    assert.equal(await statusOf(runId), 'running');
    assert.deepEqual(asked, [0]);
    await done(agentId, 'resume');
    await readRun(runId);
    assert.equal(await statusOf(runId), 'completed');
    assert.deepEqual([asked, effects()], [[0, 1], 1]);
  });

  it('paused: no time budget of a run counts the time in which it is held', async () => {
    const { agentId, runId } = await pausedInMidRun({ budget: { max_seconds: 60 } });
    // As if the pause had lasted for an hour.
    const hour = await stack.backend.database.query(
      `update runs set started_at = started_at - interval '1 hour', held_at = held_at - interval '1 hour' where id = $1 and held_at is not null returning id`,
      [runId],
    );
    assert.equal(hour.length, 1, 'it says since when it is held');
    await done(agentId, 'resume');
    await readRun(runId);
    assert.equal(await statusOf(runId), 'completed');
  });

  it('paused: a run that is held can be cancelled, and keeps the steps that it has committed', async () => {
    const { agentId, runId, asked } = await pausedInMidRun();
    assert.deepEqual(await client.agents.messages.cancel(agentId), { [runId]: 'cancelled' });
    assert.equal(await statusOf(runId), 'cancelled');
    assert.equal((await readRun(runId)).filter(event => event.message_type === 'stop_reason').length, 1);
    assert.deepEqual(asked, [0]);
    const types = (await client.agents.messages.list(agentId, { order: 'asc' })).items.map(message => message.message_type);
    assert.deepEqual(types, ['system_message', 'user_message', 'tool_call_message', 'tool_return_message']);
    assert.equal(await stateOf(agentId), 'paused');
  });

  it('paused: reconciliation leaves its conversations alone', async () => {
    const { agentId, runId } = await pausedInMidRun();
    await stack.backend.database.query("update runs set updated_at = now() - interval '1 hour' where id = $1", [runId]);
    const before = await execution(agentId);
    await reconcile();
    assert.equal(await execution(agentId), before);
    // The signal of the resume is lost: reconciliation repeats it.
    await stack.backend.database.query("update agents set lifecycle_state = 'running' where id = $1", [agentId]);
    await reconcile();
    await readRun(runId);
    assert.equal(await statusOf(runId), 'completed');
  });

  it('sleeping: wakes by itself at its time', async () => {
    stack.mock.script = () => ({ text: 'awake' });
    const agentId = await newAgent();
    const wakeAt = new Date(Date.now() + 1500);
    const asleep = await done(agentId, 'sleep', { until: wakeAt.toISOString(), wake_on_message: false });
    assert.deepEqual([asleep.lifecycle_state, asleep.wake_at], ['sleeping', wakeAt.toISOString()]);
    const runId = await start(agentId, 'wait for it');
    await readRun(runId);
    assert.ok(Date.now() >= wakeAt.getTime(), 'not before its time');
    assert.equal(await stateOf(agentId), 'running');
    assert.equal(await statusOf(runId), 'completed');
  });

  it('sleeping: another time replaces the first, and a wake ends the timer', async () => {
    const agentId = await newAgent();
    const timer = stack.backend.temporal.client.workflow.getHandle(agentWakeWorkflowId(agentId));
    await done(agentId, 'sleep', { until: new Date(Date.now() + 3_600_000).toISOString() });
    const later = new Date(Date.now() + 7_200_000).toISOString();
    assert.equal((await done(agentId, 'sleep', { until: later })).wake_at, later);
    assert.equal((await timer.describe()).status.name, 'RUNNING');
    assert.equal((await done(agentId, 'wake')).wake_at, null);
    await timer.result();
    assert.equal(await stateOf(agentId), 'running');
  });

  it('sleeping: reconciliation wakes it when its timer is lost', async () => {
    const agentId = await newAgent();
    await done(agentId, 'sleep', { until: new Date(Date.now() + 3_600_000).toISOString() });
    await stack.backend.temporal.client.workflow.getHandle(agentWakeWorkflowId(agentId)).terminate('test');
    await stack.backend.database.query("update agents set wake_at = now() - interval '1 s' where id = $1", [agentId]);
    await reconcile();
    assert.equal(await stateOf(agentId), 'running');
  });

  it('sleeping: the next message wakes it, unless it is not to', async () => {
    stack.mock.script = () => ({ text: 'good morning' });
    const agentId = await newAgent();
    await done(agentId, 'sleep');
    assert.equal((await send(agentId, { input: 'hello' })).status, 200);
    assert.equal(await stateOf(agentId), 'running');
    await done(agentId, 'sleep', { wake_on_message: false });
    const runId = await start(agentId, 'hello?');
    await idle(agentId);
    assert.deepEqual([await stateOf(agentId), await statusOf(runId)], ['sleeping', 'created']);
    await done(agentId, 'wake');
    await readRun(runId);
    assert.equal(await statusOf(runId), 'completed');
  });

  it('terminated: ends its runs, refuses messages and commands, and can be read and deleted', async () => {
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'too late' };
    };
    const agentId = await newAgent();
    const running = await start(agentId, 'one');
    await until(async () => (await statusOf(running)) === 'running');
    const queued = await start(agentId, 'two');
    assert.equal((await done(agentId, 'terminate')).lifecycle_state, 'terminated');
    await Promise.all([running, queued].map(runId => readRun(runId)));
    assert.deepEqual(await Promise.all([running, queued].map(statusOf)), ['cancelled', 'cancelled']);
    gate.open();
    const refused = await send(agentId, { input: 'three' });
    assert.deepEqual(
      [refused.status, await refused.json()],
      [409, { detail: `Agent ${agentId} is terminated: it takes no more messages` }],
    );
    const resumed = await command(agentId, 'resume');
    assert.equal(resumed.status, 409);
    assert.deepEqual(await resumed.json(), {
      detail: `Agent ${agentId}: it is terminated, and only an agent that is paused can be resumed`,
    });
    assert.equal((await done(agentId, 'terminate')).lifecycle_state, 'terminated');
    assert.equal(await stateOf(agentId), 'terminated');
    await client.agents.delete(agentId);
    assert.equal((await command(agentId, 'pause')).status, 404);
  });

  it('refuses a time in the past, and changes nothing', async () => {
    const agentId = await newAgent();
    assert.equal((await command(agentId, 'sleep', { until: '2020-01-01T00:00:00Z' })).status, 422);
    assert.equal((await command(agentId, 'sleep', { until: 'tomorrow' })).status, 422);
    assert.equal(await stateOf(agentId), 'running');
  });

  it('deleted in mid-run: its workflow ends, and its tool is told to stop', async () => {
    let aborted = false;
    let begun = false;
    stack.mock.script = () => ({ toolCalls: [{ name: 'test_tool', args: {} }] });
    stack.testTool = (_, __, signal) =>
      new Promise(resolve => {
        begun = true;
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve({ status: 'success', value: 'stopped' });
        });
      });
    const agentId = await newAgent({ tools: ['test_tool'] });
    await start(agentId, 'go');
    await until(() => begun);
    await client.agents.delete(agentId);
    await idle(agentId);
    await until(() => aborted);
  });
});
