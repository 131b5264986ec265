import type { VectorIndex } from '../../src/domain/vectors/vector-store.js';
import { createWeaviateIndex } from '../../src/providers/vector-stores/weaviate-index.js';
import { startWeaviate } from '../support/store-servers.js';
import type { StoreServer } from '../support/store-servers.js';
import { describeMessageVectors, describeVectorIndex, describeVectorStore } from '../support/vector-store-conformance.js';

describe('createWeaviateIndex', () => {
  let server: StoreServer | null = null;
  let index: VectorIndex;

  before(async function () {
    server = await startWeaviate();
    if (server === null) return this.skip();
    const timeouts = { searchMs: 30_000, writeMs: 30_000 };
    index = createWeaviateIndex({ url: server.url, grpcUrl: server.grpcUrl, apiKey: null, namespace: 'perdura', timeouts });
  });
  after(async () => {
    await (index as VectorIndex | undefined)?.close();
    await server?.stop();
  });

  describeVectorStore('Weaviate', () => index);
  describeMessageVectors('Weaviate', () => index);
  describeVectorIndex('Weaviate', () => index);
});
