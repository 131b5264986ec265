import type { VectorIndex, VectorStoreName } from '../../domain/vectors/vector-store.js';
import { lazy } from '../lazy.js';
import type { StoreTimeouts } from './ask-store.js';

export interface VectorIndexesOptions {
  readonly namespace: string;
  readonly timeouts: StoreTimeouts;
  readonly redis: { readonly url: string } | null;
  readonly weaviate: { readonly url: string; readonly grpcUrl: string | null; readonly apiKey: string | null } | null;
  readonly turbopuffer: { readonly url: string; readonly apiKey: string } | null;
}

export type VectorIndexes = Readonly<Partial<Record<VectorStoreName, VectorIndex>>>;

/** The stores beside Postgres that this process knows how to reach. Their clients are loaded when first needed. */
export function createVectorIndexes({ namespace, timeouts, redis, weaviate, turbopuffer }: VectorIndexesOptions): VectorIndexes {
  const common = { namespace, timeouts };
  return {
    ...(redis === null
      ? {}
      : { redis: late('redis', async () => (await import('./redis-index.js')).createRedisIndex({ ...common, ...redis })) }),
    ...(weaviate === null
      ? {}
      : { weaviate: late('weaviate', async () => (await import('./weaviate-index.js')).createWeaviateIndex({ ...common, ...weaviate })) }),
    ...(turbopuffer === null
      ? {}
      : {
          turbopuffer: late('turbopuffer', async () =>
            (await import('./turbopuffer-index.js')).createTurbopufferIndex({ ...common, ...turbopuffer }),
          ),
        }),
  };
}

function late(name: VectorStoreName, load: () => Promise<VectorIndex>): VectorIndex {
  let isLoaded = false;
  const index = lazy(() => {
    isLoaded = true;
    return load();
  });
  return {
    name,
    search: async (...asked) => (await index()).search(...asked),
    write: async (...changes) => (await index()).write(...changes),
    count: async (...asked) => (await index()).count(...asked),
    clear: async signal => (await index()).clear(signal),
    async close() {
      if (isLoaded) await (await index()).close();
    },
  };
}
