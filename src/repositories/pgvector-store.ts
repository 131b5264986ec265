import type { VectorQuery, VectorStore } from '../domain/vectors/vector-store.js';
import type { TransactionalDatabase } from './database.js';
import { asIndexed, toVectorLiteral } from './vector.js';
import { pointTables } from './vector-points.js';
import type { PointTable } from './vector-points.js';

/**
 * The index knows nothing of the conditions: by itself it gives its nearest rows, of which they may leave none. So it goes on until enough rows are left. Its
 * order is then nearly that of the distance, and the rows are sorted again. The plan depends on the values. For one transaction, so that it holds behind any
 * connection pool.
 */
const scanSettingsSql = `select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', $1::int::text, true),
  set_config('hnsw.max_scan_tuples', $2::int::text, true), set_config('plan_cache_mode', 'force_custom_plan', true)`;

/** pgvector's own limit of hnsw.ef_search. */
const mostCandidates = 1000;

export interface PgvectorOptions {
  /** Candidates that the index keeps in sight: more find better and cost time. */
  readonly efSearch: number;
  /** Rows that one search may visit in the index for a filter that leaves few of them. */
  readonly maxScanTuples: number;
  /** Where the vectors that a filter leaves hold no more numbers, all of them are compared: that takes less time than finding them in the index. */
  readonly exactNumbers: number;
}

/** Searches the record itself, so it lags behind nothing. */
export function createPgvectorStore(database: TransactionalDatabase, options: PgvectorOptions): VectorStore {
  return {
    name: 'pgvector',
    async search({ collection, vector, filter, limit }) {
      const table = pointTables[collection];
      if (table === undefined || filter.ownerIds?.length === 0) return [];
      const fewRows = Math.floor(options.exactNumbers / vector.length);
      const sql = searchSql(table, { dimension: vector.length, tagMatch: filter.tagMatch, fewRows });
      return database.transaction(async transaction => {
        await transaction.query(scanSettingsSql, [Math.min(Math.max(options.efSearch, limit), mostCandidates), options.maxScanTuples]);
        return transaction.query(sql, [
          toVectorLiteral(vector),
          filter.organizationId,
          filter.ownerIds,
          filter.conversationIds,
          filter.roles,
          filter.tags,
          filter.startAt,
          filter.endAt,
          limit,
        ]);
      });
    },
  };
}

interface SearchShape {
  readonly dimension: number;
  readonly tagMatch: VectorQuery['filter']['tagMatch'];
  /** So many that the filter leaves are all compared. */
  readonly fewRows: number;
}

/**
 * By the index, unless the filter leaves so few vectors that all of them are compared: among these the index finds less the fewer they are. Conditions that are
 * not asked for are known to hold when the statement is planned, and vanish.
 */
function searchSql(table: PointTable, { dimension, tagMatch, fewRows }: SearchShape): string {
  const byIndex = `${asIndexed('v.embedding', dimension)} <=> ${asIndexed('$1', dimension)}`;
  // Another expression than the index's, so that it is no way to answer this.
  const exactly = `(v.embedding <=> $1::vector(${dimension})) + 0`;
  const conditions = conditionsOf(table, { dimension, tagMatch });
  const nearest = (distance: string, isWanted: string): string =>
    `(select v.${table.id} as id, ${distance} as distance from ${table.table} v where (select ${isWanted} from left_over) and ${conditions} order by ${distance} limit $9)`;
  return `
with left_over as materialized (
  select count(*) <= ${fewRows} as are_few from (select from ${table.table} v where ${conditions} limit ${fewRows + 1}) counted
)
select id, distance::float8 as distance from (${nearest(byIndex, 'not are_few')} union all ${nearest(exactly, 'are_few')}) near
 order by distance, id`;
}

function conditionsOf(table: PointTable, { dimension, tagMatch }: Omit<SearchShape, 'fewRows'>): string {
  const anyOf = (columns: readonly string[], parameter: string): string =>
    `(${[`${parameter}::text[] is null`, ...columns.map(column => `v.${column} = any(${parameter})`)].join(' or ')})`;
  const either = (column: string | null): readonly string[] => (column === null ? [] : [column]);
  const tags = table.tags === null ? 'false' : `v.${table.tags} ${tagMatch === 'all' ? '@>' : '&&'} $6`;
  return `v.embedding_dim = ${dimension} and v.${table.organizationId} = $2 and ${anyOf(table.ownerIds, '$3')}
     and ${anyOf(either(table.conversationId), '$4')} and ${anyOf(either(table.role), '$5')} and (cardinality($6::text[]) = 0 or ${tags})
     and ($7::timestamptz is null or v.${table.createdAt} >= $7) and ($8::timestamptz is null or v.${table.createdAt} <= $8)`;
}
