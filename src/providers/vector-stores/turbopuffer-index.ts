import { BadRequestError, NotFoundError, Turbopuffer, UnprocessableEntityError } from '@turbopuffer/turbopuffer';
import type { Filter } from '@turbopuffer/turbopuffer/resources/custom';
import type { ForgottenPoint, VectorCollection, VectorFilter, VectorIndex, VectorPoint } from '../../domain/vectors/vector-store.js';
import { askForEach, askStore, StoreRefusal } from './ask-store.js';
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
          .catch(missing);
        return (answer.rows ?? []).map(({ id, $dist }) => ({ id: String(id), distance: $dist ?? 0 }));
      }),
    write: (collection, points, forgotten, signal) =>
      askStore(writes, signal, async limit => {
        const spaces = bySpace(points, forgotten, (...of) => spaceOf(collection, ...of));
        await askForEach([...spaces], async ([name, changes]) => {
          const written = client.namespace(name).write(writeOf(changes), once(limit));
          await written.catch(changes.rows.length === 0 ? emptyWhenMissing : refused);
        });
      }),
    async count(collection, signal) {
      const names = await askStore(writes, signal, limit => spacesWith(`${namespace}-${collection}-`, limit));
      // Each within a limit of its own: however many organizations there are, all are counted.
      const counts = await askForEach(names, name =>
        askStore(writes, signal, async limit => {
          const answer = await client
            .namespace(name)
            .query({ aggregate_by: { points: ['Count'] } }, once(limit))
            .catch(emptyWhenMissing);
          return Number(answer?.aggregations?.['points'] ?? 0);
        }),
      );
      return counts.reduce((total, points) => total + points, 0);
    },
    clear: signal =>
      askStore(writes, signal, async limit => {
        // In one limit, so that nothing of it is left when somebody else begins to fill: what it does not get to goes the next time.
        await askForEach(await spacesWith(`${namespace}-`, limit), name =>
          client.namespace(name).deleteAll({}, once(limit)).catch(emptyWhenMissing),
        );
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

function writeOf({ rows, gone }: SpaceChanges) {
  const upsert = rows.length === 0 ? {} : { upsert_rows: rows, distance_metric: 'cosine_distance' as const, schema };
  return { ...upsert, ...(gone.length === 0 ? {} : { deletes: gone }) };
}

/** Namespaces are made by the first write. */
function emptyWhenMissing(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}

function missing(error: unknown): never {
  if (error instanceof NotFoundError) throw new StoreRefusal('missing', 'it has no such namespace');
  throw error;
}

/** A status for what is written, as against who writes it and when. */
function isRefusal(error: Error): boolean {
  return error instanceof BadRequestError || error instanceof UnprocessableEntityError || ('status' in error && error.status === 413);
}

function refused(error: unknown): never {
  if (error instanceof Error && isRefusal(error)) throw new StoreRefusal('refused', error.message);
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
    tags: point.tags.map(exactWord),
    created: point.createdAt.getTime(),
  };
}

function filters({ ownerIds, conversationIds, roles, tags, tagMatch, startAt, endAt }: VectorFilter): Filter[] {
  const oneOf = (field: string, values: readonly string[] | null): Filter[] => (values === null ? [] : [[field, 'In', [...values]]]);
  const tagged: Filter[] =
    tagMatch === 'all' ? tags.map(tag => ['tags', 'Contains', exactWord(tag)]) : [['tags', 'ContainsAny', tags.map(exactWord)]];
  return [
    ...oneOf('owner', ownerIds),
    ...oneOf('conversation', conversationIds),
    ...oneOf('role', roles),
    ...(tags.length === 0 ? [] : tagged),
    ...(startAt === null ? [] : [['created', 'Gte', startAt.getTime()] satisfies Filter]),
    ...(endAt === null ? [] : [['created', 'Lte', endAt.getTime()] satisfies Filter]),
  ];
}
