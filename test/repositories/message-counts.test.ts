import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the count of the messages of a conversation', () => {
  let stack: Stack;
  before(async () => {
    stack = await sharedStack();
  });

  const wrong = () =>
    stack.backend.database.query(
      `select c.id, c.message_count, m.n from conversations c
         cross join lateral (select count(*) as n from messages m where m.conversation_id = c.id and not m.is_err) m
        where c.message_count <> m.n`,
    );

  it('is that of its rows after whatever happens to them', async () => {
    const { letta, newAgent, send } = agentClient(stack.url);
    const agentId = await newAgent();
    stack.mock.script = () => ({ text: 'ok' });
    for (const input of ['One', 'Two', 'Three', 'Four']) assert.equal((await send(agentId, { input })).status, 200);
    assert.deepEqual(await wrong(), []);

    stack.mock.script = () => ({ text: 'slow '.repeat(200), pieceDelayMs: 20 });
    const { id } = await letta.agents.messages.createAsync(agentId, { input: 'Undone' });
    while ((await letta.runs.retrieve(id)).status !== 'running') await new Promise(resolve => setTimeout(resolve, 10));
    stack.mock.script = () => ({ text: 'ok' });
    assert.equal((await send(agentId, { input: 'Instead', on_busy: 'rollback' })).status, 200);
    assert.deepEqual(await wrong(), [], 'a run was undone');

    for (const [method, path] of [
      ['POST', 'summarize'],
      ['PATCH', 'reset-messages'],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${stack.url}/v1/agents/${agentId}/${path}`, { method, headers, body: '{}' });
      assert.equal(response.status, 200, await response.text());
      assert.deepEqual(await wrong(), [], path);
    }

    const { database } = stack.backend;
    await database.query(`delete from messages where agent_id = $1 and role = 'user'`, [agentId]);
    assert.deepEqual(await wrong(), [], 'messages were deleted');
    await letta.agents.delete(agentId);
    assert.deepEqual(await wrong(), []);
  });
});
