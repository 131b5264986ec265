import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { Cluster } from '../../support/cluster.js';
import { newAgent, waitForEnd } from '../../support/five-steps.js';
import type { MockReply, SeenRequest } from '../../support/mock-openai.js';
import { sharedCluster } from '../../support/shared-cluster.js';
import { userTexts } from '../../support/valid-history.js';

const question = 'What now?';
const answer = 'This is the answer.';

describe('workers and providers that fail each other', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster({
      PERDURA_LLM_ATTEMPTS: '2',
      PERDURA_LLM_RETRY_MS: '50',
      PERDURA_LLM_IDLE_TIMEOUT_MS: '2000',
      PERDURA_SHUTDOWN_GRACE_MS: '500',
    });
  });

  it('answers once when the worker is killed between a 429 and the next try', async () => {
    const run = await ask([{ error: { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '3' } } }]);
    await untilWaiting(run.runId);
    cluster.kill('worker');
    await cluster.start('worker');
    assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
    await assertAnsweredOnce(run);
    assert.equal(seenOf(run).length, 2, 'the provider was asked once more');
  });

  it('closes the connection when the worker is asked to go in the middle of an answer, and another worker asks again', async () => {
    const run = await ask([{ text: 'This is half an', holdAfter: 3 }]);
    const request = await firstSeen(run);
    cluster.signal('worker', 'SIGTERM');
    assert.equal(await request.closed, 'left');
    await cluster.start('worker');
    assert.equal((await waitForEnd(cluster, run))['status'], 'completed');
    await assertAnsweredOnce(run);
  });

  it('asks again when a provider has stalled, and fails with a timeout when it stalls again', async () => {
    const stall: MockReply = { text: 'Half an answer', holdAfter: 1 };
    const recovered = await ask([stall]);
    assert.equal((await waitForEnd(cluster, recovered))['status'], 'completed');
    await assertAnsweredOnce(recovered);
    const lost = await ask([{ wire: { body: '', then: 'silence' } }, stall]);
    const ended = await waitForEnd(cluster, lost);
    assert.deepEqual([ended['status'], ended['stop_reason']], ['failed', 'llm_api_error']);
    assert.equal((ended['metadata'] as { error: { error_type: string } }).error.error_type, 'llm_timeout');
    assert.equal(seenOf(lost).length, 2);
  });

  it('takes refused input out of the context when the worker is killed between the failed step and the end of its run', async () => {
    let kills = 0;
    cluster.onBoundary = async ({ activity, when }) => {
      if (activity !== 'persistStep' || when !== 'after' || kills > 0) return;
      kills += 1;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const run = await ask([{ error: { status: 400, body: { error: { message: 'The input is flagged.' } } } }]);
    assert.equal((await waitForEnd(cluster, run))['status'], 'failed');
    assert.equal(kills, 1);
    assert.equal(seenOf(run).length, 1, 'the provider was asked once');
    const response = await fetch(`${cluster.url}/v1/agents/${run.agentId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'And this?' }),
    });
    assert.equal(response.status, 200, await response.text());
    const last = seenOf(run).at(-1);
    assert.ok(last);
    assert.deepEqual(userTexts(last), ['And this?']);
  });

  interface Asked {
    readonly agentId: string;
    readonly runId: string;
    readonly seenBefore: number;
  }

  /** A run in the background whose provider answers with these, one after the other, and properly from then on. */
  async function ask(replies: readonly MockReply[]): Promise<Asked> {
    const agentId = await newAgent(cluster);
    const seenBefore = cluster.mock.seen.length;
    cluster.mock.script = () => replies[cluster.mock.seen.length - seenBefore - 1] ?? { text: answer };
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: question }),
    });
    return { agentId, runId: ((await response.json()) as { id: string }).id, seenBefore };
  }

  function seenOf({ seenBefore }: Asked): readonly SeenRequest[] {
    return cluster.mock.seen.slice(seenBefore);
  }

  async function firstSeen(run: Asked): Promise<SeenRequest> {
    for (;;) {
      const [request] = seenOf(run);
      if (request !== undefined) return request;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  /** Until Temporal knows of the failed try and waits for the time of the next. */
  async function untilWaiting(runId: string): Promise<void> {
    const connection = await Connection.connect({ address: await cluster.temporalAddress() });
    const step = new Client({ connection }).workflow.getHandle(`run/${runId}/step/1`);
    for (;;) {
      const pending = await step.describe().then(
        description => description.raw.pendingActivities?.[0],
        () => undefined,
      );
      if (pending?.attempt === 2 && pending.lastFailure != null) break;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await connection.close();
  }

  async function assertAnsweredOnce(run: Asked): Promise<void> {
    const response = await fetch(`${cluster.url}/v1/agents/${run.agentId}/messages?order=asc`);
    const listed = (await response.json()) as readonly { message_type: string; content?: string }[];
    assert.deepEqual(
      listed.slice(1).map(message => [message.message_type, message.content]),
      [
        ['user_message', question],
        ['assistant_message', answer],
      ],
    );
    const last = seenOf(run).at(-1);
    assert.ok(last);
    assert.deepEqual(userTexts(last), [question]);
  }
});
