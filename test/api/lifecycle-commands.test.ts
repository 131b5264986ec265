import assert from 'node:assert/strict';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import type { LifecycleCommand } from '../../src/domain/agents/lifecycle.js';
import { createAgentCommander } from '../../src/temporal/agent-commander.js';
import type { WakeMessage } from '../../src/workflows/messages.js';
import { agentClient } from '../support/agent-client.js';
import { createGate, until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

interface Wake {
  readonly conversationId: string;
  readonly message: WakeMessage | undefined;
}

describe('a command of the lifecycle, while a compaction is in the queue', () => {
  const { stack } = useStack();

  /** Whom a command wakes; nobody is woken indeed. */
  const wakesOf = async (agentId: string, command: LifecycleCommand): Promise<Wake[]> => {
    const wakes: Wake[] = [];
    const wake = async ({ conversationId }: { conversationId: string }, message?: WakeMessage): Promise<void> => {
      wakes.push({ conversationId, message });
      return Promise.resolve();
    };
    const commander = createAgentCommander({
      ...stack.backend,
      submitter: { cancel: async () => Promise.resolve([]), cancelApprovals: async () => Promise.resolve([]) },
      conversations: { wake },
      timers: { refresh: async () => Promise.resolve(), end: async () => Promise.resolve() },
      onWakeFailed: error => assert.fail(String(error)),
    });
    const order = { organizationId: defaultOrganizationId, agentId, command, wakeAt: null, wakesOnMessage: false };
    assert.equal((await commander.command(order)).kind, 'done');
    return wakes;
  };
  const commandOf = async (agentId: string): Promise<{ id: string; status: string } | undefined> =>
    (
      await stack.backend.database.query<{ id: string; status: string }>(
        `select id, status from runs where agent_id = $1 and command = 'compact'`,
        [agentId],
      )
    )[0];
  const compact = (agentId: string): Promise<Response> =>
    fetch(`${stack.url}/v1/agents/${agentId}/summarize`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });

  it('wakes its conversation when the agent is resumed', async () => {
    const { letta, newAgent, send } = agentClient(stack.url);
    stack.mock.script = request => ({ text: `answer to ${textOf(request.messages.at(-1))}` });
    const agentId = await newAgent();
    for (const input of ['one', 'two']) await send(agentId, { input });
    await wakesOf(agentId, 'pause');
    const compacting = compact(agentId);
    await until(async () => (await commandOf(agentId))?.status === 'created');
    assert.deepEqual(await wakesOf(agentId, 'resume'), [{ conversationId: defaultConversationId(agentId), message: {} }]);
    assert.ok((await compacting).ok);
    await letta.agents.delete(agentId);
  });

  it('tells the one that is executed to stop when the agent is terminated', async () => {
    const { newAgent, send } = agentClient(stack.url);
    const gate = createGate();
    stack.mock.script = async request => {
      if (textOf(request.messages[0]).startsWith('You keep the memory')) await gate.opened;
      return { text: 'so be it' };
    };
    const agentId = await newAgent();
    for (const input of ['one', 'two']) await send(agentId, { input });
    const compacting = compact(agentId);
    await until(async () => (await commandOf(agentId))?.status === 'running');
    const cancelRunId = (await commandOf(agentId))?.id;
    assert.deepEqual(await wakesOf(agentId, 'terminate'), [{ conversationId: defaultConversationId(agentId), message: { cancelRunId } }]);
    gate.open();
    await compacting;
  });
});
