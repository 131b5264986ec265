import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import { conversationClient } from '../support/conversation-client.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const otherOrganization = 'org-00000000-0000-4000-8000-00000000000f';

describe('conversations, asked for by another organisation', () => {
  let stack: Stack;
  let conversationId: string;

  before(async () => {
    stack = await sharedStack();
    stack.mock.script = () => ({ text: 'Fine.' });
    conversationId = (await conversationClient(stack.url).isolate(await agentClient(stack.url).newAgent(), ['human'])).id;
  });

  it('are no cursor', async () => {
    const page = { before: null, after: conversationId, limit: 10, ascending: true };
    const list = stack.backend.conversationRows.list({ organizationId: otherOrganization }, 'created_at', page);
    await assert.rejects(list, { kind: 'not-found' });
  });

  it('are not locked by an attempt to delete them', async () => {
    await stack.backend.database.transaction(async transaction => {
      const own =
        'select b.id from blocks b join blocks_conversations bc on bc.block_id = b.id where bc.conversation_id = $1 for update of b';
      assert.equal((await transaction.query(own, [conversationId])).length, 1);
      assert.equal(await stack.backend.conversationRows.delete(otherOrganization, conversationId), null);
    });
  });
});
