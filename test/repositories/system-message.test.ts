import assert from 'node:assert/strict';
import { createSystemMessageRepository } from '../../src/repositories/system-message.repository.js';
import type { Database, TransactionalDatabase } from '../../src/repositories/database.js';
import { createBlockWorld } from './block-world.js';
import type { BlockWorld } from './block-world.js';

describe('the system message of a conversation', () => {
  let world: BlockWorld;

  before(async () => {
    world = await createBlockWorld();
  });

  after(() => world.close());

  it('shows the memory after it was compiled anew, and is not stale any more', async () => {
    const block = await world.newBlock('notes', 'Ada lives in Oslo');
    const agent = await world.newAgent(block.id);
    await world.updateBlock(block.id, { value: 'Ada lives in Rome' });
    await world.systemMessages.refresh(agent.conversationId);
    const text = await world.systemText(agent.conversationId);
    assert.match(text, /^Be kind\./);
    assert.match(text, /Ada lives in Rome/);
    assert.equal(await world.isStale(agent.conversationId), false);
  });

  it('is not written when nothing but the clock and the count of messages differs', async () => {
    const block = await world.newBlock('notes', 'same');
    const agent = await world.newAgent(block.id);
    await world.systemMessages.refresh(agent.conversationId);
    await world.database.query(
      `update messages set content = replace(content::text, 'last recompiled: 2', 'last recompiled: 1')::jsonb where agent_id = $1`,
      [agent.id],
    );
    const before = await world.systemText(agent.conversationId);
    assert.match(before, /last recompiled: 1/);
    await world.database.query('update conversations set system_stale = true where id = $1', [agent.conversationId]);
    await world.systemMessages.refresh(agent.conversationId);
    assert.equal(await world.systemText(agent.conversationId), before);
    assert.equal(await world.isStale(agent.conversationId), false);
    await world.database.query(`update agents set system = 'Be brief.' where id = $1`, [agent.id]);
    await world.systemMessages.refresh(agent.conversationId);
    assert.match(await world.systemText(agent.conversationId), /^Be brief\.[\s\S]*last recompiled: 2/);
  });

  /** The world's database, with edits of a block at the moments after a compilation has read it: without the lock, and under it. */
  function interrupted(edit: { readonly unlocked: () => Promise<unknown>; readonly locked: () => void }): TransactionalDatabase {
    const after = (database: Database, react: () => Promise<unknown> | void): Database => ({
      async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
        const rows = await database.query<Row>(sql, parameters);
        if (sql.includes('recall_count')) await react();
        return rows;
      },
    });
    return {
      ...after(world.database, edit.unlocked),
      transaction: work => world.database.transaction(transaction => work(after(transaction, edit.locked))),
    };
  }

  it('takes in an edit that is made while it is compiled without the lock', async () => {
    const block = await world.newBlock('notes', 'old');
    const agent = await world.newAgent(block.id);
    await world.database.query('update conversations set system_stale = true where id = $1', [agent.conversationId]);
    const unlocked = (): Promise<unknown> => world.updateBlock(block.id, { value: 'new' });
    await createSystemMessageRepository(interrupted({ unlocked, locked: () => undefined })).refresh(agent.conversationId);
    assert.match(await world.systemText(agent.conversationId), /\nnew\n/);
    assert.equal(await world.isStale(agent.conversationId), false);
  });

  it('is stale again when an edit comes in while it is compiled under the lock', async () => {
    const block = await world.newBlock('notes', 'oldest');
    const agent = await world.newAgent(block.id);
    await world.database.query('update conversations set system_stale = true where id = $1', [agent.conversationId]);
    let edit: Promise<unknown> = Promise.resolve();
    const unlocked = (): Promise<unknown> => world.updateBlock(block.id, { value: 'old' });
    // The edit waits for the lock of the conversation until the transaction has ended.
    const locked = (): void => {
      edit = world.updateBlock(block.id, { value: 'new' });
    };
    await createSystemMessageRepository(interrupted({ unlocked, locked })).refresh(agent.conversationId);
    await edit;
    assert.match(await world.systemText(agent.conversationId), /\nold\n/);
    assert.equal(await world.isStale(agent.conversationId), true);
    await world.systemMessages.refresh(agent.conversationId);
    assert.match(await world.systemText(agent.conversationId), /\nnew\n/);
  });

  it('of an unknown conversation is nothing to compile', async () => {
    await world.systemMessages.refresh('conv-00000000-0000-4000-8000-000000000000');
  });
});
