import { createClient, SCHEMA_FIELD_TYPE, SCHEMA_VECTOR_FIELD_ALGORITHM } from 'redis';
import type {
  Neighbour,
  VectorCollection,
  VectorFilter,
  VectorIndex,
  VectorPoint,
  VectorQuery,
} from '../../domain/vectors/vector-store.js';
import { lazy } from '../lazy.js';
import { askStore, StoreRefusal } from './ask-store.js';
import type { StoreTimeouts } from './ask-store.js';
import { exactWord } from './exact-word.js';

export interface RedisIndexOptions {
  /** redis://[user:password@]host:port[/database], or rediss://. */
  readonly url: string;
  /** Begins the names of all keys and indexes. */
  readonly namespace: string;
  readonly timeouts: StoreTimeouts;
}

/** Candidates that the index keeps in sight: more find better and cost time. */
const fewestCandidates = 200;

type Client = ReturnType<typeof connect>;

/** Hashes with one RediSearch index for each collection and dimension. */
export function createRedisIndex({ url, namespace, timeouts }: RedisIndexOptions): VectorIndex {
  const access = { name: 'redis', secrets: [url, decodeURIComponent(new URL(url).password)] } as const;
  const searches = { ...access, timeoutMs: timeouts.searchMs };
  const writes = { ...access, timeoutMs: timeouts.writeMs };
  let opened: Client | null = null;
  const open = lazy(async () => (opened = await openClient(url, timeouts.searchMs)));
  /** Of an index, and of the keys that are in it. */
  const nameOf = (collection: VectorCollection, dimension: number): string => `${namespace}:${collection}:${dimension}:`;
  return {
    name: 'redis',
    search: (query, signal) =>
      askStore(searches, signal, async () => {
        if (query.filter.ownerIds?.length === 0) return [];
        const client = await open();
        const index = nameOf(query.collection, query.vector.length);
        return nearest(client, index, query).catch(async (error: unknown) => {
          if ((await indexesOf(client, namespace)).includes(index)) throw error;
          throw new StoreRefusal('missing', 'it has no such index');
        });
      }),
    write: (collection, points, forgotten, signal) =>
      askStore(writes, signal, async () => {
        const client = await open();
        const existing = await indexesOf(client, namespace);
        for (const dimension of new Set(points.map(({ vector }) => vector.length))) {
          const index = nameOf(collection, dimension);
          if (!existing.includes(index)) await createIndex(client, index, dimension);
        }
        const batch = client.multi();
        for (const { id, dimension } of forgotten) batch.del(`${nameOf(collection, dimension)}${id}`);
        for (const point of points) {
          const key = `${nameOf(collection, point.vector.length)}${point.id}`;
          batch.del(key).hSet(key, fieldsOf(point));
        }
        if (points.length + forgotten.length > 0) await batch.exec();
      }),
    count: (collection, signal) =>
      askStore(writes, signal, async () => {
        const client = await open();
        let total = 0;
        for (const index of await indexesOf(client, namespace)) {
          if (!index.startsWith(`${namespace}:${collection}:`)) continue;
          total += (await client.ft.search(index, '*', { LIMIT: { from: 0, size: 0 }, DIALECT: 2 })).total;
        }
        return total;
      }),
    clear: signal =>
      askStore(writes, signal, async () => {
        const client = await open();
        for (const index of await indexesOf(client, namespace)) await client.ft.dropIndex(index, { DD: true });
      }),
    close() {
      opened?.destroy();
      return Promise.resolve();
    },
  };
}

async function nearest(client: Client, index: string, { vector, filter, limit }: VectorQuery): Promise<Neighbour[]> {
  const sought = `[KNN $k @vector $asked EF_RUNTIME ${Math.max(fewestCandidates, limit)} AS distance]`;
  const { documents } = await client.ft.search(index, `(${filterQuery(filter)})=>${sought}`, {
    PARAMS: { k: limit, asked: toBytes(vector) },
    SORTBY: { BY: 'distance', DIRECTION: 'ASC' },
    RETURN: ['distance'],
    LIMIT: { from: 0, size: limit },
    DIALECT: 2,
  });
  return documents.map(({ id, value }) => ({ id: id.slice(index.length), distance: Number(value['distance']) }));
}

function connect(url: string, timeoutMs: number) {
  const reconnectStrategy = (tries: number): number => Math.min(100 * 2 ** tries, 2000);
  // What cannot be sent now fails now: whoever asks has somewhere else to go, or comes again.
  return createClient({ url, RESP: 2, disableOfflineQueue: true, socket: { connectTimeout: timeoutMs, reconnectStrategy } });
}

/** Opened when first needed. Later breaks mend themselves. */
async function openClient(url: string, timeoutMs: number): Promise<Client> {
  const client = connect(url, timeoutMs);
  // Told by the commands that fail; without a listener an error would end the process.
  const failed = new Promise<never>((_, reject) => client.on('error', reject));
  try {
    await Promise.race([client.connect(), failed]);
  } catch (error) {
    client.destroy();
    throw error;
  }
  return client;
}

async function indexesOf(client: Client, namespace: string): Promise<string[]> {
  return (await client.ft._list()).map(String).filter(name => name.startsWith(`${namespace}:`));
}

async function createIndex(client: Client, index: string, dimension: number): Promise<void> {
  const tag = { type: SCHEMA_FIELD_TYPE.TAG, CASESENSITIVE: true } as const;
  const schema = {
    vector: {
      type: SCHEMA_FIELD_TYPE.VECTOR,
      ALGORITHM: SCHEMA_VECTOR_FIELD_ALGORITHM.HNSW,
      TYPE: 'FLOAT32',
      DIM: dimension,
      DISTANCE_METRIC: 'COSINE',
    },
    organization: tag,
    owner: tag,
    conversation: tag,
    role: tag,
    tags: tag,
    created: SCHEMA_FIELD_TYPE.NUMERIC,
  } as const;
  await client.ft.create(index, schema, { ON: 'HASH', PREFIX: index }).catch((error: unknown) => {
    if (!String(error).includes('already exists')) throw error;
  });
}

function fieldsOf(point: VectorPoint): Record<string, string | Buffer> {
  return {
    vector: toBytes(point.vector),
    organization: exactWord(point.organizationId),
    owner: exactWord(point.ownerId),
    ...(point.conversationId === null ? {} : { conversation: exactWord(point.conversationId) }),
    ...(point.role === null ? {} : { role: exactWord(point.role) }),
    ...(point.tags.length === 0 ? {} : { tags: point.tags.map(exactWord).join(',') }),
    created: String(point.createdAt.getTime()),
  };
}

function filterQuery(filter: VectorFilter): string {
  const any = (field: string, values: readonly string[]): string => `@${field}:{${values.map(exactWord).join('|')}}`;
  const anyIf = (field: string, values: readonly string[] | null): string[] => (values === null ? [] : [any(field, values)]);
  const tags =
    filter.tagMatch === 'all' ? filter.tags.map(tag => any('tags', [tag])) : filter.tags.length > 0 ? [any('tags', filter.tags)] : [];
  const from = filter.startAt?.getTime() ?? '-inf';
  const to = filter.endAt?.getTime() ?? '+inf';
  return [
    any('organization', [filter.organizationId]),
    ...anyIf('owner', filter.ownerIds),
    ...anyIf('conversation', filter.conversationIds),
    ...anyIf('role', filter.roles),
    ...tags,
    ...(filter.startAt === null && filter.endAt === null ? [] : [`@created:[${from} ${to}]`]),
  ].join(' ');
}

function toBytes(vector: readonly number[]): Buffer {
  return Buffer.from(new Float32Array(vector).buffer);
}
