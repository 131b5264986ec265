import type { QueryVector } from '../domain/model/embedder.js';
import { fuse } from '../domain/search/fuse.js';
import type { Fused, Hit } from '../domain/search/fuse.js';
import { nearestOrNone } from '../domain/vectors/nearest-or-none.js';
import type { VectorStore } from '../domain/vectors/vector-store.js';
import { contains } from './contains.js';
import type { TransactionalDatabase } from './database.js';
import { passageColumns } from './passages.repository.js';
import type { Passage } from './passages.repository.js';
import { toVectorLiteral } from './vector.js';
import { searchWords } from './word-search.js';

export interface PassageSearch {
  readonly organizationId: string;
  readonly ownerIds: readonly string[];
  /** What these are; archives where it is left out. */
  readonly owners?: 'archives' | 'folders';
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
  /** Fused by weight; higher is better. */
  readonly score: number;
  readonly vectorRank: number | null;
  readonly wordRank: number | null;
}

export interface PassageResults {
  readonly passages: readonly FoundPassage[];
  /** The vector store did not answer: these were found by words alone. */
  readonly degraded: boolean;
}

/** Nearest vectors of each model that are asked for, at least. */
const fewestNeighbours = 100;
/** Hits of words are cheap, and what is near by its meaning may be a poor one. */
const wordsPerNeighbour = 3;
/** Passages in which a query that has no words for the index is looked for as it stands: the newest ones. */
const scannedRows = 2000;
/** One that is deleted meanwhile is not found: so a few more are read than asked for. */
const spareRows = 5;

export function createPassageSearchRepository(database: TransactionalDatabase, store: VectorStore) {
  return {
    /** Hybrid search: the nearest vectors and the best word matches, fused as those of messages are. */
    async search(search: PassageSearch): Promise<PassageResults> {
      if (search.ownerIds.length === 0) return { passages: [], degraded: false };
      if (search.query.trim() === '') return { passages: await newest(database, search), degraded: false };
      const most = Math.max(2 * search.limit, fewestNeighbours);
      const [nearest, words] = await Promise.all([
        Promise.all(search.vectors.map(vector => neighboursOf(store, search, vector, most))),
        wordsOf(database, search, wordsPerNeighbour * most),
      ]);
      const candidates = new Set([...nearest.flatMap(({ ids }) => ids), ...words.map(({ id }) => id)]);
      const order = fuse({ words, vectors: await similarities(database, search, [...candidates]) });
      const passages = await rowsOf(database, search, order.slice(0, search.limit + spareRows));
      return { passages: passages.slice(0, search.limit), degraded: nearest.some(({ degraded }) => degraded) };
    },
  };
}

export type PassageSearchRepository = ReturnType<typeof createPassageSearchRepository>;

async function neighboursOf(store: VectorStore, search: PassageSearch, { vector }: QueryVector, limit: number) {
  const { organizationId, ownerIds, tags, tagMatch, startAt, endAt } = search;
  const filter = { organizationId, ownerIds, conversationIds: null, roles: null, tags, tagMatch, startAt, endAt };
  const { neighbours, degraded } = await nearestOrNone(store, { collection: 'passages', vector, filter, limit });
  return { ids: neighbours.map(({ id }) => id), degraded };
}

async function wordsOf(database: TransactionalDatabase, search: PassageSearch, limit: number): Promise<readonly Hit[]> {
  const found = await searchWords(database, {
    table: passageWords,
    owners: search.ownerIds,
    query: search.query,
    limit,
    conditions: conditions(search),
    parameters: parameters(search),
  });
  return found ?? database.query<Hit>(containingSql(search), [...parameters(search), search.query.trim(), limit]);
}

/**
 * The cosines of passages with the question's vector of the model that has made theirs, best first. A store may lag behind, and vectors of two models may stand
 * side by side: the record says what counts. A hit of the words means something too, though others may be nearer.
 */
async function similarities(database: TransactionalDatabase, search: PassageSearch, ids: readonly string[]): Promise<readonly Hit[]> {
  if (ids.length === 0 || search.vectors.length === 0) return [];
  return database.query<Hit>(
    `select p.id, (1 - (p.embedding <=> q.vector))::float8 as score
       from unnest($6::text[], $7::vector[]) as q (model, vector) join passages p on p.embedding_model = q.model
      where p.id = any($8) and ${conditions(search)} order by score desc`,
    [...parameters(search), search.vectors.map(({ model }) => model), search.vectors.map(({ vector }) => toVectorLiteral(vector)), ids],
  );
}

async function rowsOf(
  database: TransactionalDatabase,
  { organizationId }: PassageSearch,
  order: readonly Fused[],
): Promise<FoundPassage[]> {
  if (order.length === 0) return [];
  const rows = await database.query<Passage>(`select ${passageColumns} from passages p where p.organization_id = $1 and p.id = any($2)`, [
    organizationId,
    order.map(({ id }) => id),
  ]);
  const byId = new Map(rows.map(row => [row.id, row]));
  return order.flatMap(({ id, score, vectorRank, wordRank }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [{ ...row, score, vectorRank, wordRank }];
  });
}

async function newest(database: TransactionalDatabase, search: PassageSearch): Promise<FoundPassage[]> {
  const rows = await database.query<Passage>(
    `select ${passageColumns} from passages p where ${conditions(search)} order by p.created_at desc, p.id desc limit $6`,
    [...parameters(search), search.limit],
  );
  return rows.map(row => ({ ...row, score: 0, vectorRank: null, wordRank: null }));
}

const passageWords = { name: 'passage_words', join: 'join passages p on p.id = w.passage_id', id: 'passage_id', order: 'p.created_at' };

function parameters({ organizationId, ownerIds, tags, startAt, endAt }: PassageSearch): readonly unknown[] {
  return [organizationId, ownerIds, tags, startAt, endAt];
}

/** Of `parameters`, from $1 to $5. */
function conditions({ owners, tagMatch }: PassageSearch): string {
  const isOwned =
    owners === 'folders'
      ? 'p.source_id = any($2) and exists (select from files f where f.id = p.file_id and f.deleted_at is null)'
      : 'p.archive_id = any($2)';
  return `p.organization_id = $1 and ${isOwned} and (cardinality($3::text[]) = 0 or p.tags ${tagMatch === 'all' ? '@>' : '&&'} $3)
     and ($4::timestamptz is null or p.created_at >= $4) and ($5::timestamptz is null or p.created_at <= $5)`;
}

/** Newest first, all alike. */
function containingSql(search: PassageSearch): string {
  return `
select id, 1::float8 as score from (
  select p.id, p.created_at, p.text from passages p where ${conditions(search)} order by p.created_at desc limit ${scannedRows}) newest
 where ${contains('text').replace('$?', '$6')} order by created_at desc limit $7`;
}
