import type { TransactionalDatabase } from './database.js';
import { passageColumns } from './passages.repository.js';
import type { Passage } from './passages.repository.js';
import { asIndexed, toVectorLiteral } from './vector.js';

export interface PassageSearch {
  readonly archiveIds: readonly string[];
  readonly query: string;
  /** The query's vector; null searches by words alone. */
  readonly embedding: readonly number[] | null;
  readonly tags: readonly string[];
  readonly tagMatch: 'any' | 'all';
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly limit: number;
}

export interface FoundPassage extends Passage {
  /** Reciprocal ranks, fused by weight; higher is better. */
  readonly score: number;
  readonly vectorRank: number | null;
  readonly wordRank: number | null;
}

/** Meaning counts more than words: who searches by name finds the name either way. */
const vectorWeight = 0.7;
const wordWeight = 0.3;
/** The usual constant of reciprocal rank fusion: how slowly the weight falls with the rank. */
const rankConstant = 60;
/** Rows that the word search ranks at most; their order costs a parse of each text. */
const wordCandidates = 200;
/**
 * The index knows nothing of archives, tags and times: by itself it gives its nearest 40 rows, of which the conditions may leave none. So it goes on until
 * enough rows are left. Its order is then nearly that of the distance, and the rows are ranked again anyway. The plan depends on the values. For one
 * transaction, so that it holds behind any connection pool.
 */
const scanSettingsSql = `select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '100', true),
  set_config('plan_cache_mode', 'force_custom_plan', true)`;

export function createPassageSearchRepository(database: TransactionalDatabase) {
  return {
    /** Hybrid search: the nearest vectors and the best word matches, fused. Empty for an empty query. */
    async search(search: PassageSearch): Promise<FoundPassage[]> {
      if (search.query.trim() === '' || search.archiveIds.length === 0) return [];
      const parameters = [search.archiveIds, search.query, search.tags, search.startAt, search.endAt, search.limit];
      const { embedding } = search;
      if (embedding === null) return database.query<FoundPassage>(searchSql(search), parameters);
      return database.transaction(async transaction => {
        await transaction.query(scanSettingsSql);
        return transaction.query<FoundPassage>(searchSql(search), [...parameters, toVectorLiteral(embedding)]);
      });
    },
  };
}

export type PassageSearchRepository = ReturnType<typeof createPassageSearchRepository>;

function searchSql(search: PassageSearch): string {
  const tagCondition = search.tagMatch === 'all' ? 'p.tags @> $3::text[]' : 'p.tags && $3::text[]';
  const conditions = [
    'p.archive_id = any($1)',
    search.tags.length === 0 ? 'cardinality($3::text[]) = 0' : tagCondition,
    ...(search.startAt === null ? ['$4::timestamptz is null'] : ['p.created_at >= $4']),
    ...(search.endAt === null ? ['$5::timestamptz is null'] : ['p.created_at <= $5']),
  ].join(' and ');
  return `
with nearest as (${nearestSql(search, conditions)}
), words as (
  select id, row_number() over (order by rank desc, id) as place from (
    select p.id, ts_rank(to_tsvector('english', p.text), asked.q) as rank
      from passages p, (${wordQuery('$2')}) as asked
     where ${conditions} and to_tsvector('english', p.text) @@ asked.q limit ${wordCandidates}) ranked
)
select ${passageColumns}, (coalesce(${vectorWeight} / (${rankConstant} + nearest.place), 0) + coalesce(${wordWeight} / (${rankConstant} + words.place), 0))::float8 as score,
       nearest.place::int as "vectorRank", words.place::int as "wordRank"
  from nearest full join words using (id) join passages p using (id)
 order by score desc, p.created_at desc limit $6`;
}

function nearestSql(search: PassageSearch, conditions: string): string {
  if (search.embedding === null) return 'select null::text as id, null::bigint as place where false';
  const dimension = search.embedding.length;
  const distance = `${asIndexed('p.embedding', dimension)} <=> ${asIndexed('$7', dimension)}`;
  return `
  select id, row_number() over (order by distance) as place from (
    select p.id, ${distance} as distance from passages p where ${conditions} and p.embedding_dim = ${dimension}
     order by ${distance} limit greatest($6, 50)) near`;
}

/** Any of the words counts; the rank prefers those that hold more of them. */
export function wordQuery(parameter: string): string {
  return `select replace(plainto_tsquery('english', ${parameter})::text, ' & ', ' | ')::tsquery as q`;
}
