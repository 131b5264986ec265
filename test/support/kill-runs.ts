import assert from 'node:assert/strict';
import { agentClient } from './agent-client.js';
import type { Cluster } from './cluster.js';
import { assertNothingLostOrDoubled, newAgent, startRun, waitForEnd } from './five-steps.js';
import { until } from './gate.js';
import type { Prepared } from './kill-under-all.js';

/** Runs and their calls, for kills at the boundaries of the activities that they go through. */
export async function fiveSteps(cluster: Cluster): Promise<Prepared> {
  const agentId = await newAgent(cluster);
  return {
    async begin() {
      const run = await startRun(cluster, agentId);
      return {
        ids: [agentId, run.runId],
        async check() {
          const ended = await waitForEnd(cluster, run);
          assert.equal(ended['status'], 'completed', JSON.stringify(ended));
          await assertNothingLostOrDoubled(cluster, run);
        },
      };
    },
  };
}

const asking = { tools: ['test_tool'], tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }] };

/** An answer that allows a call: it is carried out once. */
export async function approvedCall(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create(asking);
  const asked = await letta.agents.messages.create(agentId, { input: 'Call out.' });
  assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
  return {
    async begin() {
      const approvals = [{ type: 'approval', tool_call_id: 'asked', approve: true }];
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { messages: [{ type: 'approval', approvals }] as never });
      return {
        ids: [agentId, runId],
        async check() {
          const ended = await waitForEnd(cluster, { agentId, runId });
          assert.equal(ended['status'], 'completed', JSON.stringify(ended));
          await assertCarriedOutOnce(cluster, agentId);
        },
      };
    },
  };
}

/** A call that nobody answers in time, for an agent that wants it allowed then. */
export async function overdueApproval(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create({ ...asking, approval_settings: { deadline_seconds: 2, on_timeout: 'approve' } });
  return {
    async begin() {
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Call out.' });
      return {
        ids: [runId],
        async check() {
          await until(async () => (await letta.runs.list({ agent_id: agentId }).catch(() => null))?.items.length === 2);
          for (const run of (await letta.runs.list({ agent_id: agentId })).items) await waitForEnd(cluster, { agentId, runId: run.id });
          await assertCarriedOutOnce(cluster, agentId);
        },
      };
    },
  };
}

async function assertCarriedOutOnce(cluster: Cluster, agentId: string): Promise<void> {
  const { letta } = agentClient(cluster.url);
  const listed = (await letta.agents.messages.list(agentId, { order: 'asc' })).items;
  assert.deepEqual(
    listed.slice(1).map(message => message.message_type),
    ['user_message', 'approval_request_message', 'approval_response_message', 'tool_return_message', 'assistant_message'],
  );
  assert.equal((await letta.agents.retrieve(agentId)).pending_approval, null);
  const runs = (await letta.runs.list({ agent_id: agentId })).items.map(run => run.id);
  assert.equal(cluster.effects.filter(effect => runs.some(id => effect.key.includes(id))).length, 1, 'the tool called out once');
}

/** A tool that is asked for this does not come back. */
export const hanging = 'Hang.';

/** A call that is cancelled while it runs, and has to be settled. */
export async function cancelledCall(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create({ tools: ['test_tool'] });
  const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: hanging });
  const effects = () => cluster.effects.filter(effect => effect.key.includes(runId));
  await until(() => effects().length === 1);
  return {
    async begin() {
      await letta.agents.messages.cancel(agentId);
      return {
        ids: [agentId, runId],
        async check() {
          assert.equal((await waitForEnd(cluster, { agentId, runId }))['status'], 'cancelled');
          assert.equal(effects().length, 1, 'the tool did not run again');
          const next = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
          assert.equal((await waitForEnd(cluster, { agentId, runId: next.id }))['status'], 'completed');
          const listed = (await letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(1);
          assert.deepEqual(
            listed.map(message => message.message_type),
            ['user_message', 'tool_call_message', 'tool_return_message', 'user_message', 'assistant_message'],
          );
        },
      };
    },
  };
}
