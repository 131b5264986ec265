import assert from 'node:assert/strict';
import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import type { VectorIndex } from '../../src/domain/vectors/vector-store.js';
import { createTurbopufferIndex } from '../../src/providers/vector-stores/turbopuffer-index.js';
import { startFakeTurbopuffer } from '../support/fake-turbopuffer.js';
import type { FakeTurbopuffer } from '../support/fake-turbopuffer.js';
import { newPoint } from '../support/passage-rows.js';
import { describeMessageVectors, describeVectorIndex, describeVectorStore } from '../support/vector-store-conformance.js';

describe('createTurbopufferIndex', () => {
  let fake: FakeTurbopuffer;
  let index: VectorIndex;

  before(async () => {
    fake = await startFakeTurbopuffer();
    index = createTurbopufferIndex({
      apiKey: fake.apiKey,
      url: fake.url,
      namespace: 'perdura',
      timeouts: { searchMs: 5000, writeMs: 5000 },
    });
  });
  after(() => fake.close());

  describeVectorStore('Turbopuffer', () => index);
  describeMessageVectors('Turbopuffer', () => index);
  describeVectorIndex('Turbopuffer', () => index);

  it('says that the store is away when it fails or refuses, and never names the key', async () => {
    fake.outage = 503;
    await assert.rejects(index.write('passages', [newPoint([1, 0, 0])], [], AbortSignal.timeout(5000)), VectorStoreAway);
    fake.outage = null;
    const stranger = createTurbopufferIndex({
      apiKey: 'tpuf_wrong_key',
      url: fake.url,
      namespace: 'perdura',
      timeouts: { searchMs: 5000, writeMs: 5000 },
    });
    await assert.rejects(stranger.count('passages', AbortSignal.timeout(5000)), (error: unknown) => {
      assert.ok(error instanceof VectorStoreAway);
      assert.match(error.message, /turbopuffer failed: 401/);
      assert.doesNotMatch(error.message, /tpuf_wrong_key/);
      return true;
    });
  });
});
