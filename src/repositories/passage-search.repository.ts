import type { QueryVector } from '../domain/model/embedder.js';
import { nearestOrNone } from '../domain/vectors/nearest-or-none.js';
import type { VectorStore } from '../domain/vectors/vector-store.js';
import type { Database } from './database.js';
import { passageColumns } from './passages.repository.js';
import type { Passage } from './passages.repository.js';

export interface PassageSearch {
  readonly organizationId: string;
  readonly archiveIds: readonly string[];
  /** Empty = the newest passages. */
  readonly query: string;
  /** The question's vectors, by the models that have made the passages'; none = by words alone. */
  readonly vectors: readonly QueryVector[];
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

export interface PassageResults {
  readonly passages: readonly FoundPassage[];
  /** The vector store did not answer: these were found by words alone. */
  readonly degraded: boolean;
}

interface Candidate {
  readonly id: string;
  readonly vectorRank: number | null;
  readonly wordRank: number | null;
}

/** Meaning counts more than words: who searches by name finds the name either way. */
const vectorWeight = 0.7;
const wordWeight = 0.3;
/** The usual constant of reciprocal rank fusion: how slowly the weight falls with the rank. */
const rankConstant = 60;
/** Neighbours of each model's vector that are fused at least. */
const fewestNeighbours = 50;
/** Words of a query that count; a longer one is a text, not a question. */
const mostWords = 16;
/** Rows that are ranked for each word at most, for their order costs a parse of each text; and of those that have all words. */
const rowsOfWord = 100;

export function createPassageSearchRepository(database: Database, store: VectorStore) {
  return {
    /** Hybrid search: the nearest vectors and the best word matches, fused. */
    async search(search: PassageSearch): Promise<PassageResults> {
      if (search.archiveIds.length === 0) return { passages: [], degraded: false };
      if (search.query.trim() === '') return { passages: await newest(database, search), degraded: false };
      const nearest = await Promise.all(search.vectors.map(vector => neighboursOf(store, search, vector)));
      const neighbours = nearest.flatMap(({ ids, model }) => ids.map((id, index) => ({ id, model, place: index + 1 })));
      const candidates = await database.query<Candidate>(candidatesSql(search.tagMatch), [
        ...parameters(search),
        search.query,
        JSON.stringify(neighbours),
      ]);
      const fused = fuse(candidates).slice(0, search.limit);
      const rows = await rowsOf(database, search, fused);
      return { passages: rows, degraded: nearest.some(({ degraded }) => degraded) };
    },
  };
}

export type PassageSearchRepository = ReturnType<typeof createPassageSearchRepository>;

async function neighboursOf(store: VectorStore, search: PassageSearch, { model, vector }: QueryVector) {
  const { organizationId, archiveIds: ownerIds, tags, tagMatch, startAt, endAt, limit } = search;
  const filter = { organizationId, ownerIds, conversationIds: null, roles: null, tags, tagMatch, startAt, endAt };
  const { neighbours, degraded } = await nearestOrNone(store, {
    collection: 'passages',
    vector,
    filter,
    limit: Math.max(limit, fewestNeighbours),
  });
  return { model, ids: neighbours.map(({ id }) => id), degraded };
}

type Ranked = Candidate & { readonly score: number };

function fuse(candidates: readonly Candidate[]): Ranked[] {
  const share = (rank: number | null, weight: number): number => (rank === null ? 0 : weight / (rankConstant + rank));
  return candidates
    .map(candidate => ({ ...candidate, score: share(candidate.vectorRank, vectorWeight) + share(candidate.wordRank, wordWeight) }))
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

async function rowsOf(database: Database, { organizationId }: PassageSearch, ranked: readonly Ranked[]): Promise<FoundPassage[]> {
  if (ranked.length === 0) return [];
  const rows = await database.query<Passage>(`select ${passageColumns} from passages p where p.organization_id = $1 and p.id = any($2)`, [
    organizationId,
    ranked.map(({ id }) => id),
  ]);
  const byId = new Map(rows.map(row => [row.id, row]));
  return ranked.flatMap(({ id, score, vectorRank, wordRank }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [{ ...row, score, vectorRank, wordRank }];
  });
}

async function newest(database: Database, search: PassageSearch): Promise<FoundPassage[]> {
  const rows = await database.query<Passage>(
    `select ${passageColumns} from passages p where ${conditions(search.tagMatch)} order by p.created_at desc, p.id desc limit $6`,
    [...parameters(search), search.limit],
  );
  return rows.map(row => ({ ...row, score: 0, vectorRank: null, wordRank: null }));
}

function parameters({ organizationId, archiveIds, tags, startAt, endAt }: PassageSearch): readonly unknown[] {
  return [organizationId, archiveIds, tags, startAt, endAt];
}

/** Of `parameters`, from $1 to $5. */
function conditions(tagMatch: 'any' | 'all'): string {
  return `p.organization_id = $1 and p.archive_id = any($2) and (cardinality($3::text[]) = 0 or p.tags ${tagMatch === 'all' ? '@>' : '&&'} $3)
     and ($4::timestamptz is null or p.created_at >= $4) and ($5::timestamptz is null or p.created_at <= $5)`;
}

/** A store may lag behind, and vectors of two models may stand side by side: a neighbour counts if the record says the same of it. */
function candidatesSql(tagMatch: 'any' | 'all'): string {
  return `
with nearest as (
  select p.id, row_number() over (partition by n.model order by n.place) as place
    from jsonb_to_recordset($7::jsonb) as n (id text, model text, place int) join passages p on p.id = n.id and p.embedding_model = n.model
   where ${conditions(tagMatch)}
), asked as materialized (
  select word::tsquery as word from unnest(string_to_array(plainto_tsquery('english', $6)::text, ' & ')) as word limit ${mostWords}
), found as materialized (
  select h.id from asked cross join lateral (${rowsWith('asked.word', tagMatch)}) h
  union (${rowsWith(`plainto_tsquery('english', $6)`, tagMatch)})
), words as (
  select id, row_number() over (order by rank desc, id) as place from (
    select p.id, ts_rank(to_tsvector('english', p.text), q) as rank from found join passages p on p.id = found.id, (${wordQuery('$6')}) as any_word) ranked
)
select id, nearest.place::int as "vectorRank", words.place::int as "wordRank" from nearest full join words using (id)`;
}

/** Of a word that more rows have, any of these: those that have other words of the query too are found by these, or by all words together. */
function rowsWith(word: string, tagMatch: 'any' | 'all'): string {
  return `select p.id from passages p where ${conditions(tagMatch)} and to_tsvector('english', p.text) @@ ${word} limit ${rowsOfWord}`;
}

/** Any of the words counts; the rank prefers those that hold more of them. */
function wordQuery(parameter: string): string {
  return `select replace(plainto_tsquery('english', ${parameter})::text, ' & ', ' | ')::tsquery as q`;
}
