import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Cluster } from '../support/cluster.js';
import { assertNothingLostOrDoubled, fiveStepScript, newAgent, startRun, waitForEnd } from '../support/five-steps.js';
import { sharedCluster } from '../support/shared-cluster.js';

/** Longer than the heartbeat timeout of the cluster, and than Temporal needs to notice. */
const pastHeartbeatMs = 6000;

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

describe('stalls and losses that are no kills', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });
  beforeEach(() => {
    cluster.mock.script = fiveStepScript;
    cluster.onBoundary = () => undefined;
    cluster.onEffect = () => undefined;
  });

  it('voids the attempt of a worker that was stopped while its model call streamed', async () => {
    let stopped = false;
    cluster.mock.script = async request => {
      const reply = fiveStepScript(request);
      if (stopped || reply.text !== 'I file it.') return reply;
      stopped = true;
      setTimeout(() => cluster.signal('worker', 'SIGSTOP'), 150);
      setTimeout(() => cluster.signal('worker', 'SIGCONT'), 150 + pastHeartbeatMs);
      return Promise.resolve({ ...reply, pieceDelayMs: 200 });
    };
    const run = await startRun(cluster);
    assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
    await assertNothingLostOrDoubled(cluster, run);
    assert.ok(stopped);
  });

  it('keeps the result of a tool that finished while Temporal was away past the heartbeat timeout', async () => {
    let killed = false;
    cluster.onEffect = async () => {
      if (killed) return;
      killed = true;
      cluster.signal('temporal', 'SIGSTOP');
      setTimeout(() => cluster.signal('temporal', 'SIGCONT'), pastHeartbeatMs);
      await pause(200);
    };
    const run = await startRun(cluster);
    assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
    await assertNothingLostOrDoubled(cluster, run);
    assert.equal(cluster.effects.filter(effect => effect.key.includes(run.runId)).length, 1);
  });

  it('executes a run whose API died between the accept and the signal', async () => {
    const agentId = await newAgent(cluster);
    // What the API has committed when it dies there: the row, and no execution.
    const client = new pg.Client({ connectionString: await cluster.databaseUrl() });
    await client.connect();
    const runId = 'run-00000000-0000-4000-8000-00000000acce';
    await client.query(
      `with lane as (update conversations set last_accept_no = last_accept_no + 1 where agent_id = $2 returning id, last_accept_no)
       insert into runs (id, organization_id, agent_id, conversation_id, accept_no, queue_order, options, input, isolation, created_at, updated_at)
       select $1, 'org-00000000-0000-4000-8000-000000000000', $2, lane.id, lane.last_accept_no, lane.last_accept_no, $3, $4, 'workflow', now() - interval '5 s', now() - interval '5 s' from lane`,
      [
        runId,
        agentId,
        JSON.stringify({ maxSteps: 10, overrideModel: null, overrideSystem: null, clientTools: [], clientSkills: [] }),
        JSON.stringify([
          {
            id: 'message-00000000-0000-4000-8000-00000000acce',
            role: 'user',
            content: [{ type: 'text', text: 'Do all five steps.' }],
            otid: 'o',
            name: null,
          },
        ]),
      ],
    );
    await client.end();
    assert.equal((await waitForEnd(cluster, { agentId, runId }))['status'], 'completed');
    await assertNothingLostOrDoubled(cluster, { agentId, runId });
  });

  for (const [activity, nth] of [
    ['callModel', 1],
    ['runTool', 2],
    ['persistStep', 3],
  ] as const) {
    it(`goes on after its workflow was terminated at ${activity} #${nth} and the request came again`, async () => {
      const connection = await Connection.connect({ address: await cluster.temporalAddress() });
      const temporal = new Client({ connection });
      const agentId = await newAgent(cluster);
      let reached = 0;
      cluster.onBoundary = async boundary => {
        if (boundary.activity !== activity || boundary.when !== 'after') return;
        reached += 1;
        if (reached !== nth) return;
        await temporal.workflow.getHandle(`agent/${agentId}/default`).terminate('test');
        await send();
      };
      const send = async (): Promise<string> => {
        const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ messages: [{ role: 'user', content: 'Do all five steps.', otid: `otid-${activity}` }] }),
        });
        return ((await response.json()) as { id: string }).id;
      };
      const run = { agentId, runId: await send() };
      assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
      await assertNothingLostOrDoubled(cluster, run);
      assert.equal(reached >= nth, true);
      await connection.close();
    });
  }

  it('ends a run honestly whose workflow was terminated and nobody asked again', async () => {
    const connection = await Connection.connect({ address: await cluster.temporalAddress() });
    const temporal = new Client({ connection });
    let terminated = false;
    let agent = '';
    cluster.onBoundary = async ({ activity, when }) => {
      if (terminated || activity !== 'callModel' || when !== 'before') return;
      terminated = true;
      await temporal.workflow.getHandle(`agent/${agent}/default`).terminate('test');
    };
    agent = await newAgent(cluster);
    const response = await fetch(`${cluster.url}/v1/agents/${agent}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Do all five steps.' }),
    });
    const run = { agentId: agent, runId: ((await response.json()) as { id: string }).id };
    const ended = await waitForEnd(cluster, run);
    assert.equal(ended['status'], 'failed');
    cluster.mock.script = () => ({ text: 'I am still here.' });
    const next = await fetch(`${cluster.url}/v1/agents/${agent}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Still there?' }),
    });
    assert.equal(next.status, 200);
    await connection.close();
  });
});
