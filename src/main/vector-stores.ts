import type { Settings } from '../config/settings.js';
import type { IndexState } from '../domain/vectors/carrying.js';
import { VectorStoreAway } from '../domain/vectors/vector-store.js';
import type { VectorStore, VectorStoreName } from '../domain/vectors/vector-store.js';
import { StartupError } from '../embedded/startup-error.js';
import { createVectorIndexes } from '../providers/vector-stores/create-vector-indexes.js';
import type { VectorIndexes } from '../providers/vector-stores/create-vector-indexes.js';
import type { TransactionalDatabase } from '../repositories/database.js';
import { createPgvectorStore } from '../repositories/pgvector-store.js';
import type { VectorIndexesRepository } from '../repositories/vector-indexes.repository.js';
import type { Backend } from './backend.js';

export function reachableStores(settings: Settings): VectorIndexes {
  const { vectorRedisUrl, vectorWeaviateUrl, turbopufferApiKey, turbopufferRegion } = settings;
  return createVectorIndexes({
    namespace: settings.vectorNamespace,
    timeouts: { searchMs: settings.vectorSearchTimeoutMs, writeMs: settings.vectorWriteTimeoutMs },
    redis: vectorRedisUrl === null ? null : { url: vectorRedisUrl },
    weaviate:
      vectorWeaviateUrl === null
        ? null
        : { url: vectorWeaviateUrl, grpcUrl: settings.vectorWeaviateGrpcUrl, apiKey: settings.vectorWeaviateApiKey },
    turbopuffer:
      turbopufferApiKey === null
        ? null
        : { apiKey: turbopufferApiKey, url: settings.turbopufferUrl ?? `https://${turbopufferRegion}.turbopuffer.com` },
  });
}

export interface VectorSearchDeps {
  readonly settings: Pick<Settings, 'vectorEfSearch' | 'vectorMaxScanTuples' | 'vectorExactNumbers'>;
  readonly database: TransactionalDatabase;
  readonly vectorStores: VectorIndexes;
  readonly vectorIndexes: Pick<VectorIndexesRepository, 'active'>;
}

/** Shorter than the time for which a store that was left goes on being told of changes. */
const rememberedMs = 1000;

/** Searches the store that is active, and Postgres itself while none is or this process has no address of it: the record is always right. */
export function createVectorSearch({ settings, database, vectorStores, vectorIndexes }: VectorSearchDeps): VectorStore {
  const record = createPgvectorStore(database, {
    efSearch: settings.vectorEfSearch,
    maxScanTuples: settings.vectorMaxScanTuples,
    exactNumbers: settings.vectorExactNumbers,
  });
  if (Object.keys(vectorStores).length === 0) return record;
  let last: { readonly at: number; readonly store: VectorStore } | null = null;
  const current = async (): Promise<VectorStore> => {
    if (last !== null && Date.now() - last.at < rememberedMs) return last.store;
    const name = await vectorIndexes.active();
    last = { at: Date.now(), store: (name === null ? undefined : vectorStores[name]) ?? record };
    return last.store;
  };
  return {
    name: record.name,
    async search(query, signal) {
      try {
        return await (await current()).search(query, signal);
      } catch (error) {
        if (!(error instanceof VectorStoreAway) || error.failure !== 'missing') throw error;
        // Nothing there is an answer where the record has nothing either; else the store has lost it.
        if ((await record.search({ ...query, limit: 1 })).length > 0) throw error;
        return [];
      }
    },
  };
}

/**
 * Has the vectors moved to a store, unless they are there or on their way. Searches go on where they are until it holds all of them. With `refill` one that is in
 * use is emptied and filled again, and Postgres is searched meanwhile.
 */
export async function useVectorStore(
  { vectorIndexes, vectorStores, vectorCarriers }: Pick<Backend, 'vectorIndexes' | 'vectorStores' | 'vectorCarriers'>,
  store: VectorStoreName,
  { refill = false } = {},
): Promise<void> {
  if (store !== 'pgvector' && vectorStores[store] === undefined) {
    throw new StartupError(`The vector store ${store} has no address: set ${addressSettings[store]}.`);
  }
  const statuses = await vectorIndexes.statuses();
  const nameIn = (wanted: IndexState): VectorStoreName | undefined => statuses.find(({ state }) => state === wanted)?.name;
  const isThere = (nameIn('filling') ?? nameIn('active') ?? 'pgvector') === store;
  if (!isThere || refill) await vectorIndexes.moveTo(store === 'pgvector' ? null : store, { refill });
  for (const name of await vectorIndexes.names()) await vectorCarriers.start(name);
}

const addressSettings = {
  redis: 'PERDURA_VECTOR_REDIS_URL',
  weaviate: 'PERDURA_VECTOR_WEAVIATE_URL',
  turbopuffer: 'TURBOPUFFER_API_KEY',
} as const;
