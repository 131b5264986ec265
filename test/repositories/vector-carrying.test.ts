import 'reflect-metadata';
import assert from 'node:assert/strict';
import { carryRound } from '../../src/activities/vectors/carry-round.js';
import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import { createVectorChangesRepository } from '../../src/repositories/vector-changes.repository.js';
import { createVectorIndexesRepository } from '../../src/repositories/vector-indexes.repository.js';
import { pointTables } from '../../src/repositories/vector-points.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { createMemoryVectorIndex } from '../support/memory-vector-index.js';
import type { MemoryVectorIndex } from '../support/memory-vector-index.js';
import { newPoint, putPassages, recordedPoints } from '../support/passage-rows.js';

describe('carryRound', () => {
  let opened: TestDatabase;
  let index: MemoryVectorIndex;
  let indexes: ReturnType<typeof createVectorIndexesRepository>;
  let changes: ReturnType<typeof createVectorChangesRepository>;

  before(async () => {
    opened = await openTestDatabase();
    indexes = createVectorIndexesRepository(opened.database);
    changes = createVectorChangesRepository(opened.database);
  });
  after(() => opened.close());
  beforeEach(async () => {
    index = createMemoryVectorIndex();
    for (const table of ['vector_indexes', 'vector_changes', 'archives']) await opened.database.query(`delete from ${table}`);
  });

  const round = (token = 'mine', batch = 10, vectorChanges = changes) =>
    carryRound({
      vectorIndexes: indexes,
      vectorChanges,
      carryOptions: { batch, intervalMs: 1, writeTimeoutMs: 1000 },
      index,
      lease: { store: 'redis', token },
      signal: new AbortController().signal,
    });
  const carryAll = async (): Promise<void> => {
    for (let outcome = await round(); outcome === 'busy'; outcome = await round());
  };
  const held = (): string[] => [...index.held.keys()].sort();
  const pending = async (): Promise<number> => (await opened.database.query('select from vector_changes')).length;
  const state = async () => (await indexes.statuses()).map(status => `${status.name} ${status.state}`);

  it('hears of every table that the record keeps vectors in', async () => {
    for (const { table } of Object.values(pointTables)) {
      const rows = await opened.database.query<{ name: string }>(
        `select tgname as name from pg_trigger where tgrelid = $1::regclass and tgname like '%_vectors_%' order by 1`,
        [table],
      );
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['delete', 'insert', 'update'].map(event => `${table}_vectors_${event}`),
        `a migration has to run watchVectorsSql for ${table}`,
      );
    }
  });

  it('notes nothing while there is no store beside Postgres', async () => {
    await putPassages(opened.database, [newPoint([1, 0])]);
    assert.equal(await pending(), 0);
    assert.equal(await round(), 'done');
  });

  it('fills a store that holds old things with the record, and then has searches use it', async () => {
    const points = Array.from({ length: 25 }, (_, n) => newPoint(n % 2 === 0 ? [1, n] : [1, n, 0], { tags: [`tag ${n}`] }));
    await putPassages(opened.database, points);
    index.held.set('passages 2 passage-stale', newPoint([1, 0]));
    await indexes.moveTo('redis');
    assert.equal(await indexes.active(), null);
    await carryAll();
    assert.equal(await indexes.active(), 'redis');
    assert.deepEqual(held(), await recordedPoints(opened.database));
    const [point] = points;
    assert.deepEqual(index.held.get(`passages 2 ${point?.id ?? ''}`), point);
    const [status] = await indexes.statuses();
    assert.equal(status?.filled, 25);
  });

  it('carries inserts, changes, another dimension, lost vectors and deletes, cascades among them, in one order or another', async () => {
    await indexes.moveTo('redis');
    await carryAll();
    const [kept, changed, grown, emptied, deleted, cascaded] = [1, 2, 3, 4, 5, 6].map(n =>
      newPoint([1, n], n === 6 ? { ownerId: 'archive-b' } : {}),
    );
    assert.ok(kept && changed && grown && emptied && deleted && cascaded);
    await putPassages(opened.database, [kept, changed, grown, emptied, deleted, cascaded]);
    await carryAll();
    assert.equal(held().length, 6);
    await putPassages(opened.database, [
      { ...changed, vector: [9, 9], tags: ['new'] },
      { ...grown, vector: [1, 2, 3] },
    ]);
    await opened.database.query('update passages set embedding = null, embedding_dim = null where id = $1', [emptied.id]);
    await opened.database.query('delete from passages where id = $1', [deleted.id]);
    await opened.database.query(`delete from archives where id = 'archive-b'`);
    await opened.database.query(`update passages set text = 'other words' where id = $1`, [kept.id]);
    assert.equal(await pending(), 5, 'what the store does not hold is no change');
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
    assert.deepEqual(index.held.get(`passages 2 ${changed.id}`)?.tags, ['new']);
    await opened.database.query('delete from passages where id = $1', [grown.id]);
    await putPassages(opened.database, [grown]);
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
    assert.equal(await pending(), 0);
  });

  it('loses nothing while the store is away', async () => {
    await indexes.moveTo('redis');
    await carryAll();
    index.isAway = true;
    await putPassages(opened.database, [newPoint([1, 0]), newPoint([0, 1])]);
    await assert.rejects(round(), VectorStoreAway);
    await indexes.release({ store: 'redis', token: 'mine' }, 'taken away');
    const [status] = await indexes.statuses();
    assert.deepEqual([status?.pending, status?.lastError], [2, 'taken away']);
    assert.ok((status?.lagSeconds ?? 0) > 0);
    index.isAway = false;
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
  });

  it('finds what was committed while it filled, behind where it was', async () => {
    const points = Array.from({ length: 30 }, () => newPoint([1, 0]));
    await putPassages(opened.database, points);
    await indexes.moveTo('redis');
    let writes = 0;
    index.onWrite = async () => {
      writes += 1;
      if (writes === 2) await putPassages(opened.database, [newPoint([0, 1], { id: 'passage-0' }), newPoint([0, 1], { id: 'passage-zz' })]);
      if (writes === 3) await opened.database.query(`delete from passages where id in (select id from passages order by id limit 5)`);
    };
    await carryAll();
    assert.deepEqual(await state(), ['redis active']);
    assert.deepEqual(held(), await recordedPoints(opened.database));
  });

  it('does not use a store that does not hold what the record does, but fills it once more', async () => {
    await putPassages(opened.database, [newPoint([1, 0]), newPoint([0, 1])]);
    await indexes.moveTo('redis');
    index.onWrite = () => {
      index.onWrite = () => undefined;
      index.held.set('passages 2 passage-nobody', newPoint([1, 1]));
    };
    await assert.rejects(carryAll(), /holds 3 passages, the record 2/);
    assert.deepEqual(await state(), ['redis filling']);
    await carryAll();
    assert.deepEqual(await state(), ['redis active']);
    assert.deepEqual(held(), await recordedPoints(opened.database));
  });

  it('lets nobody carry while another one holds the lease, and forgets no change for one that has lost it', async () => {
    await indexes.moveTo('redis');
    await carryAll();
    assert.equal(await round('other'), 'idle', 'held');
    await putPassages(opened.database, [newPoint([1, 0])]);
    index.onWrite = async () => {
      await opened.database.query(`update vector_indexes set lease_token = 'other', leased_until = now() + interval '1 minute'`);
    };
    await round();
    assert.equal(await pending(), 1);
    index.onWrite = () => undefined;
    assert.equal(await round(), 'idle', 'held by the other one');
    assert.equal(await round('other'), 'busy');
    assert.equal(await pending(), 0);
  });

  it('goes on behind a point that the store refuses, and tries it again later', async () => {
    await indexes.moveTo('redis');
    await carryAll();
    const points = Array.from({ length: 9 }, (_, n) => newPoint([1, n]));
    const poison = points[4];
    assert.ok(poison);
    index.onWrite = written => {
      if (written.some(({ id }) => id === poison.id)) throw new VectorStoreAway('redis', 'too long', 'refused');
    };
    await putPassages(opened.database, points);
    await carryAll();
    assert.equal(index.held.size, 8);
    const [status] = await indexes.statuses();
    assert.deepEqual([status?.pending, status?.refused], [1, 1]);
    index.onWrite = () => undefined;
    assert.equal(await round(), 'idle', 'it waits');
    await opened.database.query(`update vector_changes set waits_until = now()`);
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
    assert.equal(await pending(), 0);
  });

  it('is filled with all but the points that a store refuses, but never with nothing', async () => {
    const points = Array.from({ length: 5 }, (_, n) => newPoint([1, n]));
    await putPassages(opened.database, points);
    await indexes.moveTo('redis');
    index.onWrite = () => {
      throw new VectorStoreAway('redis', 'read only', 'refused');
    };
    await assert.rejects(carryAll(), /refuses all of 5 points, one of them with: read only/);
    assert.deepEqual([await state(), await pending()], [['redis filling'], 0]);
    index.onWrite = written => {
      if (written.some(({ id }) => id === points[0]?.id)) throw new VectorStoreAway('redis', 'too long', 'refused');
    };
    await carryAll();
    assert.deepEqual([await state(), index.held.size, await pending()], [['redis active'], 4, 1]);
  });

  it('writes less at once to a store that has no answer in time for all of it, and gives up on one that has none at all', async () => {
    await indexes.moveTo('redis');
    let most = 3;
    index.onWrite = written => {
      if (written.length > most) throw new VectorStoreAway('redis', 'no answer', 'late');
    };
    const points = Array.from({ length: 10 }, (_, n) => newPoint([1, n]));
    await putPassages(opened.database, points);
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
    most = 0;
    await putPassages(opened.database, [newPoint([0, 1]), newPoint([0, 2])]);
    await assert.rejects(round(), /no answer/);
    assert.equal(await pending(), 2);
  });

  it('writes nothing once it has lost the lease between reading and writing', async () => {
    await indexes.moveTo('redis');
    await carryAll();
    const point = newPoint([1, 0]);
    await putPassages(opened.database, [point]);
    const paused = {
      ...changes,
      take: async (store: string, limit: number) => {
        const taken = await changes.take(store, limit);
        await opened.database.query(`update vector_indexes set leased_until = now() - interval '1 s'`);
        assert.equal(await round('other'), 'busy');
        await opened.database.query('delete from passages where id = $1', [point.id]);
        assert.equal(await round('other'), 'busy');
        return taken;
      },
    };
    await round('mine', 10, paused);
    assert.deepEqual(held(), []);
  });

  it('fills a store in use again when asked to, and by itself when it has lost something', async () => {
    await putPassages(opened.database, [newPoint([1, 0]), newPoint([0, 1])]);
    await indexes.moveTo('redis');
    await carryAll();
    index.held.clear();
    await indexes.moveTo('redis');
    assert.equal(await indexes.active(), 'redis', 'nothing to do');
    await indexes.moveTo('redis', { refill: true });
    assert.equal(await indexes.active(), null);
    await carryAll();
    assert.deepEqual(held(), await recordedPoints(opened.database));
    index.held.clear();
    assert.equal(await round(), 'idle', 'compared a moment ago');
    await opened.database.query(`update vector_indexes set compared_at = now() - interval '1 hour'`);
    await assert.rejects(round(), /holds 0 passages, the record 2/);
    assert.equal(await indexes.active(), null);
    await carryAll();
    assert.deepEqual(await state(), ['redis active']);
    assert.deepEqual(held(), await recordedPoints(opened.database));
  });

  it('forgets a store that was left and has not answered for an hour', async () => {
    await indexes.moveTo('redis');
    await indexes.moveTo(null);
    assert.equal(await indexes.isTold('redis'), true);
    await opened.database.query(`update vector_indexes set leaves_at = now() - interval '2 hours'`);
    assert.equal(await indexes.isTold('redis'), false);
    assert.deepEqual(await state(), []);
  });

  it('tells the store that was left of changes for a while, and then empties and forgets it', async () => {
    await putPassages(opened.database, [newPoint([1, 0])]);
    await indexes.moveTo('redis');
    await carryAll();
    await indexes.moveTo('weaviate');
    assert.deepEqual(await state(), ['redis active', 'weaviate filling']);
    await indexes.moveTo(null);
    assert.deepEqual(await state(), ['redis leaving', 'weaviate leaving']);
    assert.equal(await indexes.active(), null);
    await putPassages(opened.database, [newPoint([0, 1])]);
    await carryAll();
    assert.equal(index.held.size, 2);
    await opened.database.query(`update vector_indexes set leaves_at = now() - interval '1 second'`);
    await putPassages(opened.database, [newPoint([0, 1])]);
    await carryAll();
    assert.equal(index.held.size, 0);
    assert.deepEqual(await state(), ['weaviate leaving']);
    const stores = await opened.database.query<{ store: string }>('select distinct store from vector_changes');
    assert.deepEqual(
      stores.map(({ store }) => store),
      ['weaviate'],
    );
  });
});
