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

  it('asks many namespaces at once, and has the time of all of them together for their count', async () => {
    await index.clear(AbortSignal.timeout(5000));
    const points = Array.from({ length: 40 }, (_, n) => newPoint([1, 0, 0], { organizationId: `org-${n}` }));
    const hasty = createTurbopufferIndex({
      apiKey: fake.apiKey,
      url: fake.url,
      namespace: 'perdura',
      timeouts: { searchMs: 1500, writeMs: 1500 },
    });
    fake.delayMs = 100;
    try {
      await hasty.write('passages', points, [], AbortSignal.timeout(10_000));
      assert.equal(await index.count('passages', AbortSignal.timeout(10_000)), 40);
    } finally {
      fake.delayMs = 0;
    }
  });

  it('tells a refusal of what is written, and takes tags of any length', async () => {
    const long = 'x'.repeat(5000);
    const point = newPoint([1, 0, 0], { organizationId: 'org-long', tags: [long] });
    await index.write('passages', [point], [], AbortSignal.timeout(5000));
    const filter = {
      organizationId: 'org-long',
      ownerIds: null,
      conversationIds: null,
      roles: null,
      tags: [long],
      tagMatch: 'any' as const,
      startAt: null,
      endAt: null,
    };
    const found = await index.search({ collection: 'passages', vector: [1, 0, 0], filter, limit: 1 });
    assert.equal(found[0]?.id, point.id);
    await assert.rejects(
      index.write('passages', [newPoint([1, 0, 0], { id: 'y'.repeat(65) })], [], AbortSignal.timeout(5000)),
      (error: unknown) => error instanceof VectorStoreAway && error.failure === 'refused',
    );
  });

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
