import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { answerRun } from '../../src/domain/approvals/answer-run.js';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import type { RunRequest } from '../../src/domain/runs/run-request.js';
import { acceptRunIn } from '../../src/repositories/run-accept.repository.js';
import { agentClient } from '../support/agent-client.js';
import { waitFor } from '../support/approval-world.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** Each pair of changes would wait for each other in a circle if one of them took its locks the other way round. */
describe('the order of locks', () => {
  let stack: Stack;
  let agentId: string;
  let conversationId: string;

  before(async () => {
    stack = await sharedStack();
  });
  beforeEach(async () => {
    agentId = await agentClient(stack.url).newAgent();
    conversationId = defaultConversationId(agentId);
  });

  /** An answer to nothing, by a streaming request: it is refused as a run that has failed. */
  function refusedAnswer(): RunRequest {
    const asking = { organizationId: defaultOrganizationId, agentId, conversationId, requestId: 'message-none' };
    const options = { maxSteps: 1, overrideModel: null, overrideSystem: null, clientTools: [], clientSkills: [] };
    const requestConfig = {
      useAssistantMessage: true,
      assistantMessageToolName: 'send_message',
      assistantMessageToolKwarg: 'message',
      includeReturnMessageTypes: null,
      includeCompactionMessages: false,
      streamTokens: true,
    };
    const place = { ...asking, options, requestConfig, isolation: 'inline' as const };
    const answers = [{ type: 'approval' as const, toolCallId: 'call_none', approve: true, reason: null }];
    return { ...answerRun(place, `run-${randomUUID()}`, { answers, by: 'client', otid: randomUUID() }), refusesAsRun: true };
  }

  /** Until somebody waits for a lock in a statement that has `part`. */
  const untilBlocked = (part: string): Promise<void> =>
    waitFor(async () => {
      const rows = await stack.backend.database.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like $1 and pid <> pg_backend_pid()`,
        [`%${part}%`],
      );
      return rows.length > 0;
    });

  /** The refusal locks the conversation and then the agent; `change` comes in between. */
  async function duringRefusal(change: () => Promise<boolean>, part: string): Promise<void> {
    const changes: Promise<boolean>[] = [];
    const result = await stack.backend.database.transaction(async transaction => {
      await transaction.query('select from conversations where id = $1 for update', [conversationId]);
      changes.push(change());
      await untilBlocked(part);
      return acceptRunIn(transaction, refusedAnswer());
    });
    assert.equal(result.kind, 'accepted', 'the request is told by a run that has failed');
    assert.deepEqual(await Promise.all(changes), [true]);
  }

  it('lets an agent be changed while a streaming request is refused', async () => {
    const change = { columns: { description: 'New' } };
    await duringRefusal(() => stack.backend.agents.update(defaultOrganizationId, defaultUserId, agentId, change), 'update agents a set');
    assert.equal((await agentClient(stack.url).letta.agents.retrieve(agentId)).description, 'New');
  });

  it('lets an agent be deleted while a streaming request is refused', async () => {
    await duringRefusal(() => stack.backend.agents.delete(defaultOrganizationId, agentId), 'from conversations c join agents a');
    assert.equal(await stack.backend.agents.exists(defaultOrganizationId, agentId), false);
  });

  /** Until it waits for the conversation with the least id, `change` must have locked none of the others. */
  async function firstByConversation(change: () => Promise<unknown>, part: string): Promise<void> {
    const changes: Promise<unknown>[] = [];
    await stack.backend.database.transaction(async transaction => {
      const [first] = await transaction.query<{ id: string }>(
        'select id from conversations where agent_id = $1 order by id limit 1 for no key update',
        [agentId],
      );
      assert.ok(first !== undefined);
      changes.push(change());
      await untilBlocked(part);
      await transaction.query('select from conversations where agent_id = $1 order by id desc for no key update nowait', [agentId]);
    });
    await Promise.all(changes);
  }

  async function addConversations(): Promise<void> {
    await stack.backend.database.query(
      `insert into conversations (id, agent_id, is_default) select 'conv-' || gen_random_uuid(), $1, false from generate_series(1, 30)`,
      [agentId],
    );
  }

  it('is that of their ids for the conversations of an agent that gets or loses a block', async () => {
    await addConversations();
    const { id: blockId } = await agentClient(stack.url).letta.blocks.create({ label: 'locked', value: '' });
    await firstByConversation(() => stack.backend.blocks.attach(agentId, blockId), 'insert into blocks_agents');
    await firstByConversation(() => stack.backend.blocks.detach(agentId, blockId), 'delete from blocks_agents');
    assert.equal(await stack.backend.blocks.findOfAgent(defaultOrganizationId, agentId, 'locked'), null);
  });

  it('is that of their ids for the conversations whose messages are too old, or deleted in any other way', async () => {
    await addConversations();
    const { database, retention } = stack.backend;
    await retention.setOfAgent(defaultOrganizationId, agentId, { messages: 30 });
    const addOldMessages = () =>
      database.query(
        `insert into messages (id, organization_id, agent_id, conversation_id, role, created_at)
         select 'message-' || gen_random_uuid(), $1, agent_id, id, 'user', now() - interval '40 days' from conversations where agent_id = $2 order by random()`,
        [defaultOrganizationId, agentId],
      );
    const left = () => database.query(`select from messages where agent_id = $1 and created_at < now() - interval '30 days'`, [agentId]);
    await addOldMessages();
    const search = { kind: 'messages', after: agentId.slice(0, -1), limit: 1000, standard: null } as const;
    await firstByConversation(() => retention.deleteExpired(search), 'from conversations');
    assert.deepEqual(await left(), []);
    await addOldMessages();
    const byHand = `delete from messages where agent_id = $1 and created_at < now() - interval '30 days'`;
    await firstByConversation(() => database.query(byHand, [agentId]), 'delete from messages');
    assert.deepEqual(await left(), []);
  });
});
