import assert from 'node:assert/strict';
import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import type { VectorIndex } from '../../src/domain/vectors/vector-store.js';
import { createRedisIndex } from '../../src/providers/vector-stores/redis-index.js';
import { freePort } from '../../src/embedded/ports.js';
import { startRedis } from '../support/store-servers.js';
import type { StoreServer } from '../support/store-servers.js';
import { describeMessageVectors, describeVectorIndex, describeVectorStore } from '../support/vector-store-conformance.js';

const timeouts = { searchMs: 10_000, writeMs: 10_000 };

describe('createRedisIndex', () => {
  let server: StoreServer | null = null;
  let index: VectorIndex;

  before(async function () {
    server = await startRedis();
    if (server === null) return this.skip();
    index = createRedisIndex({ url: server.url, namespace: 'perdura', timeouts });
  });
  after(async () => {
    await (index as VectorIndex | undefined)?.close();
    await server?.stop();
  });

  describeVectorStore('Redis', () => index);
  describeMessageVectors('Redis', () => index);
  describeVectorIndex('Redis', () => index);

  it('says that the store is away when nobody listens, and never names the password', async () => {
    const url = `redis://user:hush@127.0.0.1:${await freePort(0)}`;
    const away = createRedisIndex({ url, namespace: 'perdura', timeouts });
    await assert.rejects(away.count('passages', AbortSignal.timeout(10_000)), (error: unknown) => {
      assert.ok(error instanceof VectorStoreAway);
      assert.doesNotMatch(error.message, /hush/);
      return true;
    });
    await away.close();
  });
});
