import assert from 'node:assert/strict';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { createBlockHistoryRepository } from '../../src/repositories/block-history.repository.js';
import type { BlockMove, BlockMoveOutcome, VersionPage } from '../../src/repositories/block-history.repository.js';
import { createBlockUpdatesRepository } from '../../src/repositories/block-updates.repository.js';
import type { BlockChange, BlockUpdateOutcome, WriteCondition } from '../../src/repositories/block-updates.repository.js';
import type { Database } from '../../src/repositories/database.js';
import { blockEditOptions, createBlockWorld } from './block-world.js';
import type { BlockWorld } from './block-world.js';

const scope = { organizationId: defaultOrganizationId, userId: defaultUserId };

describe('the history of a block', () => {
  let world: BlockWorld;

  before(async () => {
    world = await createBlockWorld();
  });

  after(() => world.close());

  const move = (id: string, direction: BlockMove['direction'], more: Partial<BlockMove> = {}): Promise<BlockMoveOutcome> =>
    world.history.move({ ...scope, id, direction, toCheckpoint: false, expectedVersion: null, ...more });
  const valueAfter = async (...args: Parameters<typeof move>): Promise<string> => {
    const outcome = await move(...args);
    return outcome.kind === 'written' ? outcome.block.value : outcome.kind;
  };
  const write = (id: string, change: BlockChange, condition: WriteCondition = null): Promise<BlockUpdateOutcome> =>
    world.blockUpdates.update({ ...scope, id, change, condition });
  const newBlock = async (...values: readonly string[]): Promise<string> => {
    const { id } = await world.newBlock('notes', values[0] ?? '');
    for (const value of values.slice(1)) await write(id, { value });
    return id;
  };
  const page: VersionPage = { before: null, after: null, limit: 50, ascending: true };

  it('is walked back and forth edit by edit, each move being a version, and stops at both ends', async () => {
    const id = await newBlock('one', 'two', 'three');
    const seen = [];
    for (const direction of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo', 'undo'] as const) seen.push(await valueAfter(id, direction));
    assert.deepEqual(seen, ['two', 'one', 'at-end', 'two', 'three', 'at-end', 'two']);
    assert.deepEqual(
      (await world.history.list(id, page)).map(({ version, action, restores, value }) => [version, action, restores, value]),
      [
        [1, 'create', null, 'one'],
        [2, 'edit', null, 'two'],
        [3, 'edit', null, 'three'],
        [4, 'undo', 2, 'two'],
        [5, 'undo', 1, 'one'],
        [6, 'redo', 2, 'two'],
        [7, 'redo', 3, 'three'],
        [8, 'undo', 2, 'two'],
      ],
    );
  });

  it('forgets what could be redone with an edit after an undo, and goes back past it all the same', async () => {
    const id = await newBlock('one', 'two');
    await move(id, 'undo');
    await write(id, { value: 'other' });
    assert.deepEqual(
      [await valueAfter(id, 'redo'), await valueAfter(id, 'undo'), await valueAfter(id, 'undo')],
      ['at-end', 'one', 'at-end'],
    );
    assert.equal(await valueAfter(id, 'redo'), 'other');
  });

  it('passes over versions that look like the present one', async () => {
    const id = await newBlock('one', 'two');
    const agent = await world.newAgent(id);
    const edit = { kind: 'memory_rethink', label: 'notes', newMemory: 'two' } as const;
    await world.edits.editByTool({
      agentId: agent.id,
      conversationId: agent.conversationId,
      stepId: 'step-1',
      toolCallId: 'call-same',
      request: { kind: 'edit', edit },
    });
    assert.equal(await valueAfter(id, 'undo'), 'one');
    assert.equal(await valueAfter(id, 'redo'), 'two');
  });

  it('brings labels and settings back as well, for every agent', async () => {
    const id = await newBlock('one');
    const agent = await world.newAgent(id);
    await write(id, { label: 'renamed', char_limit: 7, description: 'd', read_only: true, value: 'two' });
    const outcome = await move(id, 'undo');
    assert.ok(outcome.kind === 'written');
    const { label, limit, description, readOnly, value } = outcome.block;
    assert.deepEqual(
      { label, limit, description, readOnly, value },
      { label: 'notes', limit: 100_000, description: null, readOnly: false, value: 'one' },
    );
    assert.equal((await world.blocks.findOfAgent(defaultOrganizationId, agent.id, 'notes'))?.id, id);
    assert.equal(await world.isStale(agent.conversationId), true);
  });

  it('is walked from checkpoint to checkpoint', async () => {
    const id = await newBlock('one');
    await world.history.checkpoint(defaultOrganizationId, defaultUserId, id, 'start');
    for (const value of ['two', 'three']) await write(id, { value });
    await world.history.checkpoint(defaultOrganizationId, defaultUserId, id, 'draft');
    for (const value of ['four', 'five']) await write(id, { value });
    const to = { toCheckpoint: true };
    assert.deepEqual(
      [await valueAfter(id, 'undo', to), await valueAfter(id, 'undo', to), await valueAfter(id, 'undo', to)],
      ['three', 'one', 'at-end'],
    );
    assert.deepEqual([await valueAfter(id, 'redo', to), await valueAfter(id, 'redo', to)], ['three', 'at-end']);
    assert.deepEqual(
      (await world.history.list(id, page))
        .filter(version => version.checkpoint !== null)
        .map(({ version, checkpoint }) => [version, checkpoint?.name]),
      [
        [1, 'start'],
        [3, 'draft'],
      ],
    );
  });

  it('is walked no further than to the edit that is wanted, however long it is', async () => {
    const id = await newBlock('one');
    await world.database.query(
      `insert into block_versions (block_id, version, label, value, char_limit, read_only, action, author_type, author_id)
       select id, n, label, 'value ' || n, char_limit, read_only, 'edit', 'user', '' from blocks, generate_series(2, 3000) n where id = $1`,
      [id],
    );
    await world.database.query(`update blocks set version = 3000, value = 'value 3000' where id = $1`, [id]);
    const readOf = async (transaction: Database): Promise<number> => {
      const [row] = await transaction.query<{ n: number }>(
        `select (seq_tup_read + idx_tup_fetch)::int as n from pg_stat_xact_user_tables where relname = 'block_versions'`,
      );
      return row?.n ?? NaN;
    };
    const rowsRead = (toCheckpoint: boolean): Promise<[string, number]> =>
      world.database.transaction(async transaction => {
        const inside = createBlockHistoryRepository({ ...transaction, transaction: work => work(transaction) });
        const before = await readOf(transaction);
        const outcome = await inside.move({ ...scope, id, direction: 'undo', toCheckpoint, expectedVersion: null });
        return [outcome.kind === 'written' ? outcome.block.value : outcome.kind, (await readOf(transaction)) - before];
      });
    for (const [toCheckpoint, expected] of [
      [false, 'value 2999'],
      [true, 'at-end'],
    ] as const) {
      const [reached, read] = await rowsRead(toCheckpoint);
      assert.equal(reached, expected);
      assert.ok(read < 100, `${read} rows were read`);
    }
  });

  it('is listed page by page in both directions', async () => {
    const id = await newBlock('1', '2', '3', '4', '5');
    const numbers = async (more: Partial<VersionPage>) =>
      (await world.history.list(id, { ...page, ...more })).map(version => version.version);
    assert.deepEqual(await numbers({ after: 1, limit: 2 }), [2, 3]);
    assert.deepEqual(await numbers({ ascending: false, limit: 2 }), [5, 4]);
    assert.deepEqual(await numbers({ ascending: false, after: 4, before: 1 }), [3, 2]);
  });

  it('refuses a move from a version that is no longer the newest, of another organisation, and changes nothing', async () => {
    const id = await newBlock('one', 'two', 'three');
    assert.equal(await valueAfter(id, 'undo', { expectedVersion: 2 }), 'conflict');
    assert.equal(await valueAfter(id, 'undo', { organizationId: 'org-00000000-0000-4000-8000-00000000000f' }), 'missing');
    assert.equal((await world.versionsOf(id)).length, 3);
    assert.equal(await valueAfter(id, 'undo', { expectedVersion: 3 }), 'two');
  });

  describe('with conditions on writes', () => {
    it('writes on the expected version only, and changes nothing otherwise', async () => {
      const id = await newBlock('one', 'two');
      const refused = await write(id, { value: 'late', tags: ['x'] }, { kind: 'unchanged', version: 1 });
      assert.ok(refused.kind === 'conflict');
      assert.equal(refused.current.value, 'two');
      assert.deepEqual((await world.blocks.find(defaultOrganizationId, id))?.tags, []);
      assert.equal((await write(id, { value: 'three' }, { kind: 'unchanged', version: 2 })).kind, 'written');
      assert.equal((await write(id, { value: 'x' }, { kind: 'unchanged', version: 9 })).kind, 'unknown-version');
    });

    it('lets one of many writers through that expect the same version', async () => {
      const id = await newBlock('start');
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, index) => write(id, { value: `by ${index}` }, { kind: 'unchanged', version: 1 })),
      );
      assert.equal(outcomes.filter(outcome => outcome.kind === 'written').length, 1);
      assert.equal((await world.versionsOf(id)).length, 2);
    });

    it('merges with what others have changed in other lines', async () => {
      const id = await newBlock('a\nb\nc', 'a\nb\nC');
      const merged = await write(id, { value: 'A\nb\nc', description: 'mine' }, { kind: 'merge', version: 1 });
      assert.equal(merged.kind === 'written' && merged.block.value, 'A\nb\nC');
      assert.equal((await write(id, { value: 'a\nb\nsee' }, { kind: 'merge', version: 1 })).kind, 'conflict');
      assert.equal((await world.versionsOf(id)).length, 3);
    });

    it('does not merge members that are changed as a whole', async () => {
      const id = await newBlock('one');
      await write(id, { description: 'theirs', char_limit: 50 });
      const refused = await write(id, { description: 'mine', value: 'two' }, { kind: 'merge', version: 1 });
      assert.deepEqual(refused.kind === 'conflict' && refused.members, ['description']);
      assert.equal((await write(id, { description: 'theirs', value: 'two' }, { kind: 'merge', version: 1 })).kind, 'written');
    });

    it('makes no version where the content stays the same', async () => {
      const id = await newBlock('one');
      const written = await write(id, { value: 'one', tags: ['x'] }, { kind: 'unchanged', version: 1 });
      assert.deepEqual(written.kind === 'written' && [written.block.version, written.block.tags], [1, ['x']]);
      assert.equal((await world.versionsOf(id)).length, 1);
    });
  });

  it('holds limits: no write makes a block longer than its limit, while one that is too long may become shorter', async () => {
    const id = await newBlock('12345');
    assert.equal((await write(id, { char_limit: 4 })).kind, 'too-long');
    assert.equal((await write(id, { char_limit: 6, value: '1234567' })).kind, 'too-long');
    assert.equal((await write(id, { char_limit: 5 })).kind, 'written');
    assert.equal((await write(id, { value: '123456' })).kind, 'too-long');
    await world.database.query('update blocks set char_limit = 2 where id = $1', [id]);
    assert.equal((await write(id, { tags: ['x'] })).kind, 'written');
    assert.equal((await write(id, { value: '1234' })).kind, 'written');
    assert.equal((await write(id, { value: '12345' })).kind, 'too-long');
    const free = createBlockUpdatesRepository(world.database, { ...blockEditOptions, enforceLimit: false });
    assert.equal((await free.update({ ...scope, id, change: { value: '1234567' } })).kind, 'written');
  });

  it('takes two statements a write, and two a move', async () => {
    const id = await newBlock('one');
    let statements = 0;
    const counting = {
      ...world.database,
      transaction: <Result>(work: (transaction: Database) => Promise<Result>) =>
        world.database.transaction(transaction =>
          work({
            query: (sql, parameters) => {
              statements += 1;
              return transaction.query(sql, parameters);
            },
          }),
        ),
    };
    await createBlockUpdatesRepository(counting, blockEditOptions).update({
      ...scope,
      id,
      change: { value: 'two' },
      condition: { kind: 'merge', version: 1 },
    });
    assert.equal(statements, 2);
    await createBlockHistoryRepository(counting).move({ ...scope, id, direction: 'undo', toCheckpoint: true, expectedVersion: null });
    assert.equal(statements, 4);
  });
});
