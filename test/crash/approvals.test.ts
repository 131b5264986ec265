import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { waitForEnd } from '../support/five-steps.js';
import type { MockRequest } from '../support/mock-openai.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

interface Listed {
  readonly message_type: string;
  readonly tool_returns?: readonly { readonly tool_call_id: string; readonly status: string; readonly tool_return: string }[];
}

describe('kill -9 around an approval', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
    cluster.mock.script = request =>
      isAnswered(request) ? { text: 'Thank you.' } : { toolCalls: [{ name: 'test_tool', args: { text: 'call out' }, id: 'asked' }] };
  });
  afterEach(() => {
    cluster.onBoundary = () => undefined;
  });

  async function askedAgent(): Promise<string> {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ tools: ['test_tool'], tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }] });
    const asked = await letta.agents.messages.create(agentId, { input: 'Call out.' });
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    return agentId;
  }

  async function approve(agentId: string): Promise<string> {
    const { letta } = agentClient(cluster.url);
    const approvals = [{ type: 'approval', tool_call_id: 'asked', approve: true }];
    return (await letta.agents.messages.createAsync(agentId, { messages: [{ type: 'approval', approvals }] as never })).id;
  }

  async function assertCarriedOutOnce(agentId: string, runId: string, outcome: 'success' | 'error'): Promise<void> {
    const run = await waitForEnd(cluster, { agentId, runId });
    assert.equal(run['status'], 'completed', JSON.stringify(run));
    const { letta } = agentClient(cluster.url);
    const listed = (await letta.agents.messages.list(agentId, { order: 'asc' })).items as unknown as Listed[];
    assert.deepEqual(
      listed.slice(1).map(message => message.message_type),
      ['user_message', 'approval_request_message', 'approval_response_message', 'tool_return_message', 'assistant_message'],
    );
    assert.equal(listed[4]?.tool_returns?.[0]?.status, outcome);
    assert.equal((await letta.agents.retrieve(agentId)).pending_approval, null);
  }

  it('keeps what waits when everything is killed and started again, and carries the answer out', async () => {
    const agentId = await askedAgent();
    const before = cluster.effects.length;
    for (const name of ['worker', 'api', 'temporal', 'postgres'] as const) cluster.kill(name);
    await Promise.all([cluster.start('worker'), cluster.start('api')]);
    const runId = await approve(agentId);
    await assertCarriedOutOnce(agentId, runId, 'success');
    assert.equal(cluster.effects.length, before + 1);
  });

  for (const [activity, when] of [
    ['openAnswer', 'after'],
    ['persistAnswer', 'before'],
    ['persistAnswer', 'after'],
  ] as const) {
    it(`runs what was allowed once when the worker dies ${when} ${activity}`, async () => {
      const agentId = await askedAgent();
      const before = cluster.effects.length;
      let hit = false;
      cluster.onBoundary = async boundary => {
        if (hit || boundary.activity !== activity || boundary.when !== when) return;
        hit = true;
        cluster.kill('worker');
        await cluster.start('worker');
      };
      const runId = await approve(agentId);
      await assertCarriedOutOnce(agentId, runId, 'success');
      assert.ok(hit);
      assert.equal(cluster.effects.length, before + 1);
    });
  }

  it('tells the model that an allowed call was cut off when the worker dies in it', async () => {
    const agentId = await askedAgent();
    let hit = false;
    cluster.onEffect = async () => {
      if (hit) return;
      hit = true;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const before = cluster.effects.length;
    const runId = await approve(agentId);
    await assertCarriedOutOnce(agentId, runId, 'error');
    assert.equal(cluster.effects.length, before + 1, 'a tool that must not run twice did not');
  });
});

/** The returns of the last turn have come in. */
function isAnswered(request: MockRequest): boolean {
  const start = request.messages.findLastIndex(message => message.role === 'user' && textOf(message) === 'Call out.');
  return request.messages.slice(start).some(message => message.role === 'tool');
}
