import assert from 'node:assert/strict';
import type { Activities } from '../../src/activities/create-activities.js';
import { agentClient, contentOf } from './agent-client.js';
import { startCallbackReceiver } from './callback-receiver.js';
import type { Cluster } from './cluster.js';
import { assertNothingLostOrDoubled, fiveStepScript, newAgent, startRun, waitForEnd } from './five-steps.js';
import { until } from './gate.js';
import type { Prepared } from './kill-under-all.js';
import type { MockReply, MockRequest } from './mock-openai.js';
import { textOf } from './mock-openai.js';

type Scenario = (cluster: Cluster) => Promise<Prepared>;

const sleepMs = 5000;

/** What goes through each activity while a process is killed there, or why nothing has to. */
export const activityScenarios: Readonly<Record<keyof Activities, Scenario | string>> = {
  advanceConversation: fiveSteps,
  callModel: fiveSteps,
  runTool: fiveSteps,
  persistStep: fiveSteps,
  openAnswer: approvedCall,
  persistAnswer: approvedCall,
  settleToolCall: cancelledCall,
  settleOverdueApproval: overdueApproval,
  compactContext: compaction,
  deliverCallback: deliveredCallback,
  wakeAgentWhenDue: sleepingAgent,
  generateText: generatedText,
  failGeneration: failedText,
  reconcileConversations:
    'only looks for what others have left and wakes it; it comes again every few seconds, in every other case as well',
  reconcileCallbacks: 'only starts callbacks that have no workflow, under their own ids; it comes again with the next reconcile',
  reconcileGenerations: 'only starts texts that have no workflow, under their own ids; it comes again with the next reconcile',
  deleteOldRows: 'deletes what is too old, in one statement; the next day deletes the rest',
};

/** What the model says in all of them, by what it is asked. */
export function scenarioScript(request: MockRequest): MockReply | Promise<MockReply> {
  if (textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'A summary.' };
  const start = request.messages.findLastIndex(message => message.role === 'user');
  const asked = textOf(request.messages[start]);
  const isCalled = request.messages.slice(start).some(message => message.role === 'tool');
  if (asked === refusedPrompt) return { error: { status: 401, body: { error: { message: 'No such key.' } } } };
  if (asked === 'Do all five steps.') return fiveStepScript(request);
  if (isCalled || asked === 'Hello') return { text: 'Thank you.' };
  return { toolCalls: [{ name: 'test_tool', args: { text: asked }, id: 'asked' }] };
}

async function fiveSteps(cluster: Cluster): Promise<Prepared> {
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
async function approvedCall(cluster: Cluster): Promise<Prepared> {
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
async function overdueApproval(cluster: Cluster): Promise<Prepared> {
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

/** A call that is cancelled while it runs, and has to be settled. */
async function cancelledCall(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create({ tools: ['test_tool'] });
  const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: hanging });
  const effects = () => cluster.effects.filter(effect => effect.key.includes(runId));
  await until(() => effects().length === 1);
  return {
    async begin() {
      await letta.agents.messages.cancel(agentId);
      return {
        ids: [runId],
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

/** A tool that is asked for this does not come back. */
const hanging = 'Hang.';

export function hangWhenAsked(cluster: Cluster): void {
  cluster.onEffect = ({ args }) => (args['text'] === hanging ? new Promise<void>(() => undefined) : undefined);
}

/** A command on the context of the agent. */
async function compaction(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  for (let turn = 0; turn < 4; turn += 1) await letta.agents.messages.create(agentId, { input: 'Hello' });
  return {
    begin() {
      // Who asks for it waits for its end, which the kill of the API takes away.
      letta.agents.messages.compact(agentId).catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const next = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
          assert.equal((await waitForEnd(cluster, { agentId, runId: next.id }))['status'], 'completed');
          const context = (await letta.agents.retrieve(agentId)).message_ids ?? [];
          assert.ok(context.length < 9, `${context.length} messages are in the context`);
          const listed = (await letta.agents.messages.list(agentId)).items;
          assert.equal(listed.filter(message => String(contentOf(message)).includes('A summary.')).length, 1, 'it was compacted once');
        },
      });
    },
  };
}

const refusedPrompt = 'Write nothing.';

/** A text beside all conversations; whoever has lost the answer asks again under the same key. */
function generatedText(cluster: Cluster): Promise<Prepared> {
  return generation(cluster, 'Hello', 200);
}

/** The model refuses it. */
function failedText(cluster: Cluster): Promise<Prepared> {
  return generation(cluster, refusedPrompt, 502);
}

async function generation(cluster: Cluster, prompt: string, status: number): Promise<Prepared> {
  const agentId = await agentClient(cluster.url).newAgent();
  const ask = (): Promise<Response> =>
    fetch(`${cluster.url}/v1/agents/${agentId}/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': agentId },
      body: JSON.stringify({ prompt }),
    });
  return {
    begin() {
      ask().catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const answers: Response[] = [];
          await until(async () => {
            const answer = await ask().catch(() => null);
            if (answer !== null && answer.status !== 503) answers.push(answer);
            return answers.length > 0;
          });
          assert.equal(answers[0]?.status, status, await answers[0]?.text());
        },
      });
    },
  };
}

/** The receiver may hear of it twice, and can tell. */
async function deliveredCallback(cluster: Cluster): Promise<Prepared> {
  const receiver = await startCallbackReceiver();
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  return {
    async begin() {
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Hello', callback_url: receiver.url });
      return {
        ids: [runId],
        async check() {
          await until(async () => (await letta.runs.retrieve(runId).catch(() => null))?.callback_status_code === 200);
          await receiver.close();
          assert.ok(receiver.received.length > 0);
          for (const { headers, body } of receiver.received)
            assert.deepEqual([headers['x-perdura-callback-id'], body['status']], [runId, 'completed']);
        },
      };
    },
  };
}

/** A message waits for an agent that sleeps until a time. */
async function sleepingAgent(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  return {
    async begin() {
      const wakeAt = new Date(Date.now() + sleepMs).toISOString();
      await letta.post(`/v1/agents/${agentId}/sleep`, { body: { until: wakeAt, wake_on_message: false } });
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
      return {
        ids: [agentId],
        async check() {
          const ended = await waitForEnd(cluster, { agentId, runId });
          assert.equal(ended['status'], 'completed', JSON.stringify(ended));
          assert.ok(Date.parse(String(ended['completed_at'])) >= Date.parse(wakeAt), 'not before its time');
          const listed = (await letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(1);
          assert.deepEqual(
            listed.map(message => message.message_type),
            ['user_message', 'assistant_message'],
          );
        },
      };
    },
  };
}
