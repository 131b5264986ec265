import { createHash } from 'node:crypto';
import weaviate, { Filters } from 'weaviate-client';
import type { Collection, Filter, FilterValue, WeaviateClient } from 'weaviate-client';
import type { Neighbour, VectorCollection, VectorFilter, VectorIndex, VectorPoint } from '../../domain/vectors/vector-store.js';
import { lazy } from '../lazy.js';
import { askStore, StoreRefusal } from './ask-store.js';
import type { StoreTimeouts } from './ask-store.js';
import { exactWord } from './exact-word.js';

export interface WeaviateIndexOptions {
  readonly url: string;
  /** Null = port 50051 of the same host. */
  readonly grpcUrl: string | null;
  readonly apiKey: string | null;
  /** Begins the names of all classes. */
  readonly namespace: string;
  readonly timeouts: StoreTimeouts;
}

/** Words of `exactWord` but for the point's id and the time. */
type Properties = {
  point: string;
  organization: string;
  owner: string;
  conversation?: string;
  role?: string;
  tags: string[];
  created: number;
};

/** A class for each collection and dimension. */
export function createWeaviateIndex(options: WeaviateIndexOptions): VectorIndex {
  const { url, apiKey, namespace, timeouts } = options;
  const access = { name: 'weaviate', secrets: [apiKey ?? '', new URL(url).password] } as const;
  const searches = { ...access, timeoutMs: timeouts.searchMs };
  const writes = { ...access, timeoutMs: timeouts.writeMs };
  let opened: WeaviateClient | null = null;
  const open = lazy(async () => (opened = await connect(options)));
  const className = (collection: VectorCollection, dimension: number): string =>
    `${capitalized(namespace)}${capitalized(collection)}${dimension}`;
  const existing = async (client: WeaviateClient, ...collections: readonly VectorCollection[]): Promise<string[]> => {
    const ours = new RegExp(`^${capitalized(namespace)}(${collections.map(capitalized).join('|')})\\d+$`);
    return (await client.collections.listAll()).map(({ name }) => name).filter(name => ours.test(name));
  };
  const use = (client: WeaviateClient, name: string) => client.collections.use<string, Properties>(name);
  return {
    name: 'weaviate',
    search: ({ collection, vector, filter, limit }, signal) =>
      askStore(searches, signal, async () => {
        if (filter.ownerIds?.length === 0) return [];
        const client = await open();
        const name = className(collection, vector.length);
        return nearest(use(client, name), vector, filter, limit).catch(async (error: unknown) => {
          if (await client.collections.exists(name)) throw error;
          throw new StoreRefusal('missing', 'it has no such class');
        });
      }),
    write: (collection, points, forgotten, signal) =>
      askStore(writes, signal, async () => {
        const client = await open();
        const known = new Set(await existing(client, collection));
        for (const [name, gone] of grouped(forgotten, ({ dimension }) => className(collection, dimension))) {
          const { data, filter } = use(client, name);
          if (known.has(name)) await data.deleteMany(filter.byId().containsAny(gone.map(({ id }) => uuidOf(id))));
        }
        for (const [name, rows] of grouped(points, ({ vector }) => className(collection, vector.length))) {
          if (!known.has(name)) await createClass(client, name);
          const { hasErrors, errors } = await use(client, name).data.insertMany(rows.map(objectOf));
          if (hasErrors) throw new StoreRefusal('refused', Object.values(errors)[0]?.message ?? 'objects were not taken');
        }
      }),
    count: (collection, signal) =>
      askStore(writes, signal, async () => {
        const client = await open();
        let total = 0;
        for (const name of await existing(client, collection)) total += (await use(client, name).aggregate.overAll()).totalCount;
        return total;
      }),
    clear: signal =>
      askStore(writes, signal, async () => {
        const client = await open();
        for (const name of await existing(client, 'passages', 'messages')) await client.collections.delete(name);
      }),
    close: async () => opened?.close(),
  };
}

async function nearest(
  { query, filter: conditionOn }: Collection<Properties, string>,
  vector: readonly number[],
  filter: VectorFilter,
  limit: number,
): Promise<Neighbour[]> {
  const { objects } = await query.nearVector([...vector], {
    limit,
    filters: filtersOf(conditionOn, filter),
    returnMetadata: ['distance'],
    returnProperties: ['point'],
  });
  return objects.map(({ properties, metadata }) => ({ id: properties.point, distance: metadata?.distance ?? 0 }));
}

function connect({ url, grpcUrl, apiKey, timeouts }: WeaviateIndexOptions): Promise<WeaviateClient> {
  const http = new URL(url);
  const grpc = grpcUrl === null ? null : new URL(grpcUrl);
  const portOf = (address: URL): number => (address.port === '' ? (address.protocol === 'https:' ? 443 : 80) : Number(address.port));
  const seconds = (ms: number): number => Math.ceil(ms / 1000);
  return weaviate.connectToCustom({
    httpHost: http.hostname,
    httpPort: portOf(http),
    httpSecure: http.protocol === 'https:',
    ...(http.pathname === '/' ? {} : { httpPath: http.pathname }),
    grpcHost: grpc?.hostname ?? http.hostname,
    grpcPort: grpc === null ? 50_051 : portOf(grpc),
    grpcSecure: (grpc ?? http).protocol === 'https:',
    ...(apiKey === null ? {} : { authCredentials: new weaviate.ApiKey(apiKey) }),
    timeout: { init: seconds(timeouts.searchMs), query: seconds(timeouts.searchMs), insert: seconds(timeouts.writeMs) },
  });
}

async function createClass(client: WeaviateClient, name: string): Promise<void> {
  const word = (property: keyof Properties, type = 'text') => ({
    name: property,
    dataType: [type],
    tokenization: 'field' as const,
    indexFilterable: true,
    indexSearchable: false,
  });
  const properties = [
    { ...word('point'), indexFilterable: false },
    word('organization'),
    word('owner'),
    word('conversation'),
    word('role'),
    word('tags', 'text[]'),
    { name: 'created', dataType: ['int'], indexFilterable: true, indexRangeFilters: true },
  ];
  const vectorIndexConfig = { distance: 'cosine', skipDefaultQuantization: true };
  try {
    await client.collections.createFromSchema({ class: name, vectorizer: 'none', vectorIndexType: 'hnsw', vectorIndexConfig, properties });
  } catch (error) {
    if (!(await client.collections.exists(name))) throw error;
  }
}

function objectOf(point: VectorPoint) {
  return {
    id: uuidOf(point.id),
    vectors: [...point.vector],
    properties: {
      point: point.id,
      organization: exactWord(point.organizationId),
      owner: exactWord(point.ownerId),
      ...(point.conversationId === null ? {} : { conversation: exactWord(point.conversationId) }),
      ...(point.role === null ? {} : { role: exactWord(point.role) }),
      tags: point.tags.map(exactWord),
      created: point.createdAt.getTime(),
    },
  };
}

function filtersOf(conditionOn: Filter<Properties>, filter: VectorFilter): FilterValue {
  const property = <Name extends keyof Properties>(name: Name) => conditionOn.byProperty(name);
  const words = (values: readonly string[]): string[] => values.map(exactWord);
  const conditions = [
    property('organization').equal(exactWord(filter.organizationId)),
    ...(filter.ownerIds === null ? [] : [property('owner').containsAny(words(filter.ownerIds))]),
    ...(filter.conversationIds === null ? [] : [property('conversation').containsAny(words(filter.conversationIds))]),
    ...(filter.roles === null ? [] : [property('role').containsAny(words(filter.roles))]),
    ...(filter.tags.length === 0
      ? []
      : [filter.tagMatch === 'all' ? property('tags').containsAll(words(filter.tags)) : property('tags').containsAny(words(filter.tags))]),
    ...(filter.startAt === null ? [] : [property('created').greaterOrEqual(filter.startAt.getTime())]),
    ...(filter.endAt === null ? [] : [property('created').lessOrEqual(filter.endAt.getTime())]),
  ];
  return Filters.and(...conditions);
}

/** Weaviate's objects have uuids. */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
