import 'reflect-metadata';
import assert from 'node:assert/strict';
import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import type { VectorFilter, VectorIndex } from '../../src/domain/vectors/vector-store.js';
import { createVectorSearch } from '../../src/main/vector-stores.js';
import { createVectorIndexesRepository } from '../../src/repositories/vector-indexes.repository.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { createMemoryVectorIndex } from '../support/memory-vector-index.js';
import { newPoint, putPassages } from '../support/passage-rows.js';

const filter: VectorFilter = {
  organizationId: 'org-a',
  ownerIds: null,
  conversationIds: null,
  roles: null,
  tags: [],
  tagMatch: 'any',
  startAt: null,
  endAt: null,
};

describe('createVectorSearch', () => {
  let opened: TestDatabase;

  before(async () => {
    opened = await openTestDatabase();
  });
  after(() => opened.close());

  it('says that a store has lost what the record holds, and that nothing is found where the record holds nothing either', async () => {
    const redis: VectorIndex = {
      ...createMemoryVectorIndex(),
      search: () => Promise.reject(new VectorStoreAway('redis', 'no such index', 'missing')),
    };
    const search = createVectorSearch({
      settings: { vectorEfSearch: 100, vectorMaxScanTuples: 1000, vectorExactNumbers: 0 },
      database: opened.database,
      vectorStores: { redis },
      vectorIndexes: { active: () => Promise.resolve('redis') },
    });
    const query = { collection: 'passages', vector: [1, 0, 0], filter, limit: 10 } as const;
    assert.deepEqual(await search.search(query), []);
    await putPassages(opened.database, [newPoint([1, 0, 0])]);
    await assert.rejects(async () => search.search(query), VectorStoreAway);
    assert.deepEqual(await search.search({ ...query, vector: [1, 0] }), []);
    assert.deepEqual(await search.search({ ...query, filter: { ...filter, organizationId: 'org-b' } }), []);
  });

  it('counts the changes that wait no further than anybody who asks for health may have counted', async () => {
    const indexes = createVectorIndexesRepository(opened.database);
    await indexes.moveTo('redis');
    await opened.database.query(
      `insert into vector_changes (store, collection, point_id, organization_id, created_at)
       select 'redis', 'passages', 'passage-' || n, 'org-a', now() - interval '1 hour' from generate_series(1, 10050) n`,
    );
    const [status] = await indexes.statuses();
    assert.equal(status?.pending, 10_000);
    assert.ok((status.lagSeconds ?? 0) >= 3600);
  });
});
