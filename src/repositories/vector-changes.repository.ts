import type { ForgottenPoint, VectorCollection, VectorPoint } from '../domain/vectors/vector-store.js';
import type { Database } from './database.js';
import { pointTables } from './vector-points.js';
import type { Lease } from './vector-indexes.repository.js';

/** Changes of one collection, as the record has the points now. */
export interface ChangedPoints {
  readonly collection: VectorCollection;
  readonly points: readonly VectorPoint[];
  readonly forgotten: readonly ForgottenPoint[];
}

/** A point that a store does not take; with a dimension, a vector that it does not forget. */
export interface RefusedPoint {
  readonly collection: VectorCollection;
  readonly id: string;
  readonly organizationId: string;
  readonly dimension: number | null;
  readonly reason: string;
}

/** For so long what a store has refused is not tried again. */
const refusedMinutes = 60;

export interface PendingChanges {
  readonly seqs: readonly string[];
  readonly changed: readonly ChangedPoints[];
}

interface ChangeRow {
  readonly seq: string;
  readonly collection: VectorCollection;
  readonly pointId: string;
  readonly organizationId: string;
  readonly dimension: number | null;
}

interface PointRow extends Omit<VectorPoint, 'vector'> {
  readonly vector: string;
}

export function createVectorChangesRepository(database: Database) {
  const read = async (collection: VectorCollection, condition: string, parameters: readonly unknown[]): Promise<VectorPoint[]> => {
    const rows = await database.query<PointRow>(`${selectSql(collection)} where v.embedding_dim is not null and ${condition}`, parameters);
    return rows.map(row => ({ ...row, vector: JSON.parse(row.vector) as number[] }));
  };
  return {
    /** The oldest changes that a store has yet to be told of. The points are read behind them, so they are at least as new. */
    async take(store: string, limit: number): Promise<PendingChanges> {
      const rows = await database.query<ChangeRow>(
        `select seq, collection, point_id as "pointId", organization_id as "organizationId", dimension
           from vector_changes where store = $1 and (waits_until is null or waits_until <= now()) order by seq limit $2`,
        [store, limit],
      );
      const changed: ChangedPoints[] = [];
      for (const collection of new Set(rows.map(row => row.collection))) {
        const changes = rows.filter(row => row.collection === collection);
        const points = await read(collection, `v.${tableOf(collection).id} = any($1)`, [[...new Set(changes.map(row => row.pointId))]]);
        changed.push({ collection, points, forgotten: forgottenOf(changes, points) });
      }
      return { seqs: rows.map(row => row.seq), changed };
    },

    /** Notes what the store does not take as changes that wait, instead of those that were taken. */
    async postpone({ store }: Lease, refused: readonly RefusedPoint[]): Promise<void> {
      await database.query(
        `insert into vector_changes (store, collection, point_id, organization_id, dimension, refusal, waits_until)
         select $1, x.collection, x.id, x."organizationId", x.dimension, left(x.reason, 500), now() + interval '${refusedMinutes} minutes'
           from jsonb_to_recordset($2::jsonb) as x(collection text, id text, "organizationId" text, dimension int, reason text)`,
        [store, JSON.stringify(refused)],
      );
    },

    /** Forgets changes that the store was told of, unless somebody else has taken over meanwhile. */
    async settle({ store, token }: Lease, seqs: readonly string[]): Promise<void> {
      await database.query(
        `delete from vector_changes where store = $1 and seq = any($3::bigint[])
            and exists (select from vector_indexes where name = $1 and lease_token = $2)`,
        [store, token, seqs],
      );
    },

    /** The points of a collection in the order of their ids, after one of them. */
    page(collection: VectorCollection, after: string, limit: number): Promise<VectorPoint[]> {
      return read(collection, `v.${tableOf(collection).id} > $1 order by v.${tableOf(collection).id} limit $2`, [after, limit]);
    },

    /** How many points the record has, and how many changes a store has yet to be told of, at one moment. */
    async countPoints(store: string, collection: VectorCollection): Promise<{ readonly points: number; readonly pending: number }> {
      const rows = await database.query<{ points: number; pending: number }>(
        `select (select count(*) from ${tableOf(collection).table} where embedding_dim is not null)::int as points,
                (select count(*) from vector_changes where store = $1 and collection = $2)::int as pending`,
        [store, collection],
      );
      return rows[0] ?? { points: 0, pending: 0 };
    },
  };
}

export type VectorChangesRepository = ReturnType<typeof createVectorChangesRepository>;

function tableOf(collection: VectorCollection) {
  const table = pointTables[collection];
  if (table === undefined) throw new Error(`The record has no table of ${collection}`);
  return table;
}

function selectSql(collection: VectorCollection): string {
  const { table, id, organizationId, ownerIds, conversationId, role, tags, createdAt } = tableOf(collection);
  const orNull = (column: string | null): string => (column === null ? 'null::text' : `v.${column}`);
  return `select v.${id} as id, v.embedding::text as vector, v.${organizationId} as "organizationId", coalesce(${ownerIds.map(column => `v.${column}`).join(', ')}) as "ownerId",
    ${orNull(conversationId)} as "conversationId", ${orNull(role)} as role, ${tags === null ? `'{}'::text[]` : `v.${tags}`} as tags,
    v.${createdAt} as "createdAt" from ${table} v`;
}

/** A dimension that the point has again is written, not forgotten. */
function forgottenOf(changes: readonly ChangeRow[], points: readonly VectorPoint[]): ForgottenPoint[] {
  const current = new Map(points.map(point => [point.id, point.vector.length]));
  const forgotten = new Map<string, ForgottenPoint>();
  for (const { pointId: id, organizationId, dimension } of changes) {
    if (dimension !== null && current.get(id) !== dimension) forgotten.set(`${dimension} ${id}`, { id, organizationId, dimension });
  }
  return [...forgotten.values()];
}
