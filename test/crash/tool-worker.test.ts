import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { waitForEnd } from '../support/five-steps.js';
import { until } from '../support/gate.js';
import { isRunningWith, startsAndWaits } from '../support/process-search.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('sandboxed tools in a process of their own', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await sharedCluster();
    await cluster.restart('worker', { PERDURA_TOOL_WORKER: 'false', PERDURA_TOOL_START_TIMEOUT_MS: '8000' });
    cluster.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Done.' }
        : { toolCalls: (request.tools ?? []).map(tool => ({ name: tool.function.name, args: { text: 'x' } })) };
  });
  after(() => cluster.restart('worker'));

  async function call(tool: string): Promise<{ agentId: string; runId: string }> {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ tools: [tool], include_base_tools: false });
    return { agentId, runId: (await letta.agents.messages.createAsync(agentId, { input: 'Call out.' })).id };
  }

  async function returnOf(run: { agentId: string; runId: string }): Promise<string> {
    assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
    const listed = (await agentClient(cluster.url).letta.agents.messages.list(run.agentId)).items;
    const returned = listed.filter(message => message.message_type === 'tool_return_message');
    assert.equal(returned.length, 1);
    return JSON.stringify(returned);
  }

  it('tells the model of a call that no process has taken, and runs it later no more', async () => {
    const run = await call('test_tool_always');
    assert.match(
      await returnOf(run),
      /Tool 'test_tool_always' was not run: no worker for sandboxed tools has taken the call within 8 seconds/,
    );
    await cluster.start('tools');
    await returnOf(await call('test_tool'));
    assert.equal(cluster.effects.length, 1, 'of the second call alone');
  });

  it('hands the calls of a process that was killed to the next one, as their retry classes say', async () => {
    let isKilled = false;
    cluster.effects.length = 0;
    cluster.onEffect = () => (isKilled ? undefined : until(() => isKilled));
    const [once, again] = await Promise.all([call('test_tool'), call('test_tool_on_interrupt')]);
    await until(() => cluster.effects.length === 2);
    await cluster.restart('tools');
    isKilled = true;
    assert.match(await returnOf(once), /cut off before it ended/);
    assert.match(await returnOf(again), /called out/);
    const keysOf = (run: { runId: string }): string[] => cluster.effects.map(effect => effect.key).filter(key => key.includes(run.runId));
    assert.equal(keysOf(once).length, 1);
    assert.equal(keysOf(again).length, 2);
    assert.equal(new Set(keysOf(again)).size, 1, 'under one key');
  });

  it('hands a call that may run again over at once when its process is told to end', async () => {
    let isTold = false;
    cluster.effects.length = 0;
    cluster.onEffect = () => (isTold ? undefined : new Promise(() => undefined));
    const run = await call('test_tool_on_interrupt');
    await until(() => cluster.effects.length === 1);
    isTold = true;
    cluster.signal('tools', 'SIGTERM');
    await cluster.start('tools');
    assert.match(await returnOf(run), /called out/);
    assert.equal(cluster.effects.length, 2);
  });

  it('leaves no process of a code behind when it is killed itself, and runs the code no second time', async () => {
    const mark = `mark-${process.pid}`;
    cluster.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Done.' }
        : { toolCalls: [{ name: 'run_code', args: { language: 'python', code: startsAndWaits(mark) } }] };
    const run = await call('run_code');
    await until(() => isRunningWith(mark));
    await cluster.restart('tools');
    await until(() => !isRunningWith(mark));
    assert.match(await returnOf(run), /cut off before it ended/);
    assert.equal(isRunningWith(mark), false);
  });
});
