import assert from 'node:assert/strict';
import { nearestOrNone } from '../../../src/domain/vectors/nearest-or-none.js';
import { VectorStoreAway } from '../../../src/domain/vectors/vector-store.js';
import type { VectorQuery, VectorStore } from '../../../src/domain/vectors/vector-store.js';

const query: VectorQuery = {
  collection: 'passages',
  vector: [1, 0],
  filter: {
    organizationId: 'org-1',
    ownerIds: null,
    conversationIds: null,
    roles: null,
    tags: [],
    tagMatch: 'any',
    startAt: null,
    endAt: null,
  },
  limit: 3,
};
const store = (search: VectorStore['search']): VectorStore => ({ name: 'redis', search });

describe('nearestOrNone', () => {
  it('passes on what the store finds', async () => {
    const neighbours = [{ id: 'passage-1', distance: 0.25 }];
    const found = await nearestOrNone(
      store(() => Promise.resolve(neighbours)),
      query,
    );
    assert.deepEqual(found, { neighbours, degraded: false });
  });

  it('finds none and says so when the store is away, and hides no other error', async () => {
    const away = await nearestOrNone(
      store(() => Promise.reject(new VectorStoreAway('redis', 'connection refused'))),
      query,
    );
    assert.deepEqual(away, { neighbours: [], degraded: true });
    await assert.rejects(
      nearestOrNone(
        store(() => Promise.reject(new Error('a mistake of ours'))),
        query,
      ),
      /a mistake of ours/,
    );
  });
});
