import { NotFoundError, Turbopuffer } from '@turbopuffer/turbopuffer';
import type { Filter } from '@turbopuffer/turbopuffer/resources/custom';
import type { ForgottenPoint, VectorCollection, VectorFilter, VectorIndex, VectorPoint } from '../../domain/vectors/vector-store.js';
import { askStore } from './ask-store.js';
import type { StoreTimeouts } from './ask-store.js';
import { exactWord } from './exact-word.js';

export interface TurbopufferIndexOptions {
  readonly apiKey: string;
  readonly url: string;
  /** Begins the names of all namespaces. */
  readonly namespace: string;
  readonly timeouts: StoreTimeouts;
}

const schema = {
  owner: { type: 'string', filterable: true },
  conversation: { type: 'string', filterable: true },
  role: { type: 'string', filterable: true },
  tags: { type: '[]string', filterable: true },
  created: { type: 'uint', filterable: true },
};

/** A namespace for each collection, dimension and organization, so a search cannot even name what others have. */
export function createTurbopufferIndex({ apiKey, url, namespace, timeouts }: TurbopufferIndexOptions): VectorIndex {
  const access = { name: 'turbopuffer', secrets: [apiKey] } as const;
  const searches = { ...access, timeoutMs: timeouts.searchMs };
  const writes = { ...access, timeoutMs: timeouts.writeMs };
  const client = new Turbopuffer({ apiKey, baseURL: url, maxRetries: 0, timeout: timeouts.writeMs });
  const once = (signal: AbortSignal) => ({ signal, maxRetries: 0 });
  const spaceOf = (collection: VectorCollection, dimension: number, organizationId: string) =>
    `${namespace}-${collection}-${dimension}-${spaceName(organizationId)}`;
  const spacesWith = async (prefix: string, limit: AbortSignal): Promise<string[]> => {
    const names: string[] = [];
    for await (const { id } of client.namespaces({ prefix }, once(limit))) names.push(id);
    return names;
  };
  return {
    name: 'turbopuffer',
    search: ({ collection, vector, filter, limit: top_k }, signal) =>
      askStore(searches, signal, async limit => {
        if (filter.ownerIds?.length === 0) return [];
        const conditions = filters(filter);
        const answer = await client
          .namespace(spaceOf(collection, vector.length, filter.organizationId))
          .query(
            { rank_by: ['vector', 'ANN', [...vector]], top_k, ...(conditions.length === 0 ? {} : { filters: ['And', conditions] }) },
            once(limit),
          )
          .catch(emptyWhenMissing);
        return (answer?.rows ?? []).map(({ id, $dist }) => ({ id: String(id), distance: $dist ?? 0 }));
      }),
    write: (collection, points, forgotten, signal) =>
      askStore(writes, signal, async limit => {
        for (const [name, { rows, gone }] of bySpace(points, forgotten, (dimension, organizationId) =>
          spaceOf(collection, dimension, organizationId),
        )) {
          const upsert = rows.length === 0 ? {} : { upsert_rows: rows, distance_metric: 'cosine_distance' as const, schema };
          await client
            .namespace(name)
            .write({ ...upsert, ...(gone.length === 0 ? {} : { deletes: gone }) }, once(limit))
            .catch(rows.length === 0 ? emptyWhenMissing : rethrow);
        }
      }),
    count: (collection, signal) =>
      askStore(writes, signal, async limit => {
        let total = 0;
        for (const name of await spacesWith(`${namespace}-${collection}-`, limit)) {
          const answer = await client
            .namespace(name)
            .query({ aggregate_by: { points: ['Count'] } }, once(limit))
            .catch(emptyWhenMissing);
          total += Number(answer?.aggregations?.['points'] ?? 0);
        }
        return total;
      }),
    clear: signal =>
      askStore(writes, signal, async limit => {
        for (const name of await spacesWith(`${namespace}-`, limit))
          await client.namespace(name).deleteAll({}, once(limit)).catch(emptyWhenMissing);
      }),
    close: () => Promise.resolve(),
  };
}

interface SpaceChanges {
  readonly rows: ReturnType<typeof rowOf>[];
  readonly gone: string[];
}

function bySpace(
  points: readonly VectorPoint[],
  forgotten: readonly ForgottenPoint[],
  spaceOf: (dimension: number, organizationId: string) => string,
): Map<string, SpaceChanges> {
  const spaces = new Map<string, SpaceChanges>();
  const changesOf = (dimension: number, organizationId: string): SpaceChanges => {
    const name = spaceOf(dimension, organizationId);
    const changes = spaces.get(name) ?? { rows: [], gone: [] };
    spaces.set(name, changes);
    return changes;
  };
  for (const { id, dimension, organizationId } of forgotten) changesOf(dimension, organizationId).gone.push(id);
  for (const point of points) changesOf(point.vector.length, point.organizationId).rows.push(rowOf(point));
  return spaces;
}

/** Namespaces are made by the first write. */
function emptyWhenMissing(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}

function rethrow(error: unknown): never {
  throw error;
}

/** Names may hold letters, digits, '-', '_' and '.', up to 128 characters in all. */
function spaceName(organizationId: string): string {
  return /^[\w.-]{1,64}$/.test(organizationId) ? organizationId : exactWord(organizationId).slice(0, 80);
}

function rowOf(point: VectorPoint) {
  return {
    id: point.id,
    vector: [...point.vector],
    owner: point.ownerId,
    conversation: point.conversationId,
    role: point.role,
    tags: [...point.tags],
    created: point.createdAt.getTime(),
  };
}

function filters({ ownerIds, conversationIds, roles, tags, tagMatch, startAt, endAt }: VectorFilter): Filter[] {
  const oneOf = (field: string, values: readonly string[] | null): Filter[] => (values === null ? [] : [[field, 'In', [...values]]]);
  const tagged: Filter[] = tagMatch === 'all' ? tags.map(tag => ['tags', 'Contains', tag]) : [['tags', 'ContainsAny', [...tags]]];
  return [
    ...oneOf('owner', ownerIds),
    ...oneOf('conversation', conversationIds),
    ...oneOf('role', roles),
    ...(tags.length === 0 ? [] : tagged),
    ...(startAt === null ? [] : [['created', 'Gte', startAt.getTime()] satisfies Filter]),
    ...(endAt === null ? [] : [['created', 'Lte', endAt.getTime()] satisfies Filter]),
  ];
}
