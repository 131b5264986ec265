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
});
