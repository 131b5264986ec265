import assert from 'node:assert/strict';
import pg from 'pg';
import { agentClient } from './agent-client.js';
import type { Cluster } from './cluster.js';
import { waitForEnd } from './five-steps.js';
import { until } from './gate.js';
import { toolCallId } from '../../src/domain/runs/execution-ids.js';
import { sharedCluster } from './shared-cluster.js';

export type Loss = 'kill' | 'stop';

const tools = ['test_tool', 'test_tool_on_interrupt', 'test_tool_always'] as const;
/** Longer than the heartbeat timeout of the cluster, and than Temporal needs to notice. */
const pastHeartbeatMs = 4500;

interface LostCall {
  readonly tool: (typeof tools)[number];
  readonly agentId: string;
  readonly runId: string;
  readonly key: string;
}

/** Tests that lose the worker in the middle of a tool of each retry class. `npm run test:crash` runs all of them. */
export function describeToolLosses(isolation: 'workflow' | 'inline', losses: readonly Loss[]): void {
  const all = process.env['CRASH_MATRIX'] === undefined ? losses : (['kill', 'stop'] as const);
  describe(`a worker that is lost in the middle of tools, isolation ${isolation}`, function () {
    this.timeout(120_000);
    let cluster: Cluster;
    before(async () => {
      cluster = await sharedCluster(isolation === 'workflow' ? {} : { PERDURA_STEP_ISOLATION: isolation });
    });

    for (const loss of all) {
      it(`by ${loss === 'kill' ? 'SIGKILL' : 'SIGSTOP past the heartbeat timeout'}: each retry class keeps its word`, async () => {
        const seen = (key: string): number => cluster.effects.filter(effect => effect.key === key).length;
        // What was called once does not answer before the worker is gone.
        let isLost = false;
        cluster.onEffect = async ({ key }) => {
          if (!isLost && seen(key) === 1) await until(() => isLost);
        };
        cluster.mock.script = request =>
          request.messages.at(-1)?.role === 'tool'
            ? { text: 'Done.' }
            : { toolCalls: (request.tools ?? []).map(tool => ({ name: tool.function.name, args: { text: 'x' } })) };
        const calls = await Promise.all(tools.map(tool => beginCall(cluster, tool)));
        await until(() => calls.every(({ key }) => seen(key) === 1));
        if (loss === 'kill') await cluster.restart('worker');
        else {
          cluster.signal('worker', 'SIGSTOP');
          await new Promise(resolve => setTimeout(resolve, pastHeartbeatMs));
        }
        isLost = true;
        if (loss === 'stop') cluster.signal('worker', 'SIGCONT');
        for (const call of calls) assert.equal((await waitForEnd(cluster, call))['status'], 'completed');
        for (const call of calls) await assertKept(cluster, call, seen(call.key));
      });
    }
  });
}

async function beginCall(cluster: Cluster, tool: LostCall['tool']): Promise<LostCall> {
  const { letta, newAgent } = agentClient(cluster.url);
  const agentId = await newAgent({ tools: [tool], include_base_tools: false });
  const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Call out.' });
  return { tool, agentId, runId, key: toolCallId(runId, 1, 0) };
}

/** A tool that finished is never forgotten, one of class `never` has not run twice, and the model has been told one thing of each. */
async function assertKept(cluster: Cluster, { tool, agentId, key }: LostCall, effects: number): Promise<void> {
  const client = new pg.Client({ connectionString: await cluster.databaseUrl() });
  await client.connect();
  const { rows } = await client.query<{ status: string; result: { status: string } }>(
    'select status, result from tool_calls where id = $1',
    [key],
  );
  await client.end();
  const [call] = rows;
  const listed = (await agentClient(cluster.url).letta.agents.messages.list(agentId, { order: 'asc' })).items;
  const returned = listed.filter(message => message.message_type === 'tool_return_message');
  assert.equal(returned.length, 1, 'the model was told once');
  if (tool === 'test_tool') assert.equal(effects, 1, 'a tool of class never has begun once');
  if (tool === 'test_tool' && call?.status === 'cut_off') {
    assert.match(JSON.stringify(returned), /cut off before it ended/);
    return;
  }
  assert.deepEqual([call?.status, call?.result.status], ['finished', 'success']);
  assert.match(JSON.stringify(returned), /called out/);
}
