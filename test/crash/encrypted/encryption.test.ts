import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { connectTemporal } from '../../../src/temporal/connect.js';
import { dataConverter } from '../../../src/temporal/data-converter.js';
import { assertKeyFits } from '../../../src/temporal/schedule-reconcile.js';
import type { Cluster } from '../../support/cluster.js';
import { assertNothingLostOrDoubled, fact, fiveStepScript, line, newAgent, startRun, waitForEnd } from '../../support/five-steps.js';
import { sharedBundle } from '../../support/services.js';
import { sharedCluster } from '../../support/shared-cluster.js';

const failure = 'Flamingos are not supported.';
/** In the user's text, the memory, the arguments of tools, and the provider's error. */
const planted = ['Do all five steps', 'heron-42', 'tea over coffee', 'call out', 'Flamingos'];

describe('a server with an encryption key', function () {
  this.timeout(120_000);
  const key = randomBytes(32);
  let cluster: Cluster;
  let connection: Connection;
  /** Sees what is stored, as everybody does who has no key. */
  let raw: Client;

  before(async () => {
    cluster = await sharedCluster({ PERDURA_ENCRYPTION_KEY: key.toString('base64') });
    connection = await Connection.connect({ address: await cluster.temporalAddress() });
    raw = new Client({ connection });
  });
  after(async () => {
    await connection.close();
  });

  async function send(agentId: string, input: string): Promise<{ agentId: string; runId: string }> {
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
    });
    return { agentId, runId: ((await response.json()) as { id: string }).id };
  }

  /** Everything that Temporal has of every execution, its bytes as text. */
  async function stored(): Promise<string> {
    const parts: unknown[] = [];
    for await (const { workflowId, runId } of raw.workflow.list()) {
      parts.push(await raw.workflow.getHandle(workflowId, runId).fetchHistory());
      parts.push(await raw.workflowService.describeWorkflowExecution({ namespace: 'default', execution: { workflowId, runId } }));
    }
    return textOf(parts);
  }

  it('goes on after its worker was killed in the middle, and leaves no content in what Temporal stores', async () => {
    cluster.mock.script = fiveStepScript;
    let killed = false;
    cluster.onBoundary = async ({ activity, when }) => {
      if (killed || activity !== 'callModel' || when !== 'after') return;
      killed = true;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const run = await startRun(cluster);
    assert.equal((await waitForEnd(cluster, run))['stop_reason'], 'end_turn');
    assert.ok(killed);
    await assertNothingLostOrDoubled(cluster, run);
    assert.ok([fact, line].every(text => planted.some(word => text.includes(word))));

    cluster.mock.script = () => ({ error: { status: 400, body: { error: { message: failure } } } });
    const failing = await send(await newAgent(cluster), 'Do all five steps.');
    const { metadata } = await waitForEnd(cluster, failing);
    assert.match(JSON.stringify(metadata), /Flamingos/, 'the client is told');

    const text = await stored();
    assert.match(text, new RegExp(`run/${run.runId}/step/5`), 'all of it was read');
    assert.match(text, /Encoded failure/);
    for (const word of planted) assert.ok(!text.includes(word), `${word} is in what Temporal stores`);
    assert.doesNotMatch(text, /json\/plain.{0,40}stopReason/s, 'not even facts are in the open');
  });

  it('is replayed with its key, and not without', async () => {
    const [workflow] = await list("WorkflowType = 'agentConversation' and RunStatus = 'failed'");
    const history = await raw.workflow.getHandle(workflow ?? '').fetchHistory();
    const workflowBundle = await sharedBundle(true);
    await Worker.runReplayHistory({ workflowBundle, dataConverter: dataConverter([key]) }, history, workflow);
    await assert.rejects(
      Worker.runReplayHistory({ workflowBundle, dataConverter: dataConverter([]) }, history, workflow),
      /Add that key to PERDURA_ENCRYPTION_KEY/,
    );
  });

  async function list(query: string): Promise<string[]> {
    for (let i = 0; i < 100; i++) {
      const ids: string[] = [];
      for await (const { workflowId } of raw.workflow.list({ query })) ids.push(workflowId);
      if (ids.length > 0) return ids;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    return [];
  }

  it('is not joined by a process that lacks the key, but by one that has changed to another', async () => {
    const address = await cluster.temporalAddress();
    const check = async (encryptionKeys: readonly Uint8Array[]): Promise<void> => {
      const temporal = await connectTemporal({ address, namespace: 'default', encryptionKeys });
      try {
        await assertKeyFits(temporal.client);
      } finally {
        await temporal.close();
      }
    };
    await assert.rejects(check([]), /this process has no key\. Add that key to PERDURA_ENCRYPTION_KEY/);
    await assert.rejects(check([randomBytes(32)]), /this process has only [\da-f]{16}/);
    await check([randomBytes(32), key]);
  });

  it("tells its Temporal's UI where payloads are decrypted, and decrypts what the UI shows", async () => {
    const settings = (await (await fetch(`${await cluster.temporalUiUrl()}/api/v1/settings`)).json()) as { Codec: { Endpoint: string } };
    assert.equal(settings.Codec.Endpoint, `${cluster.url}/v1/_temporal/codec`);
    const [workflow = ''] = await list("WorkflowType = 'agentConversation' and RunStatus = 'failed'");
    const page = await fetch(
      `${await cluster.temporalUiUrl()}/api/v1/namespaces/default/workflows/${encodeURIComponent(workflow)}/history`,
    );
    const payloads = payloadsIn(await page.json());
    const response = await fetch(`${settings.Codec.Endpoint}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': 'default', origin: await cluster.temporalUiUrl() },
      body: JSON.stringify({ payloads }),
    });
    assert.equal(response.headers.get('access-control-allow-origin'), await cluster.temporalUiUrl());
    const decoded = (await response.json()) as { payloads: { data: string }[] };
    const text = decoded.payloads.map(({ data }) => Buffer.from(data, 'base64').toString()).join('\n');
    assert.match(text, /Flamingos/);
    assert.match(text, /conversation of agent-/);
  });
});

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${name} ${textOf(member)}`)
    .join('\n');
}

function payloadsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'metadata' in value && 'data' in value ? [value] : Object.values(value).flatMap(payloadsIn);
}
