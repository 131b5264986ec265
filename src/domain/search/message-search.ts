import { RequestError } from '../errors.js';
import type { Message, MessageRole } from '../messages/message.js';
import type { EmbeddingChoice } from '../model/choose-embedding.js';
import { embeddingKey, embedOne } from '../model/embedder.js';
import type { Embedder, QueryVector } from '../model/embedder.js';
import type { EmbeddingConfig } from '../model/model-config.js';
import { ModelError } from '../model/model-error.js';
import { nearestOrNone } from '../vectors/nearest-or-none.js';
import type { VectorStore } from '../vectors/vector-store.js';
import { fuse } from './fuse.js';
import type { Fused, Hit, NearTurn } from './fuse.js';

export type SearchMode = 'vector' | 'fts' | 'hybrid';

/** Null = not asked for. */
export interface MessageFilter {
  readonly organizationId: string;
  readonly agentId: string | null;
  readonly conversationIds: readonly string[] | null;
  readonly roles: readonly MessageRole[];
  readonly startAt: Date | null;
  readonly endAt: Date | null;
}

export interface MessageSearch extends MessageFilter {
  /** Without one the messages are listed by time, newest first. */
  readonly query: string;
  readonly mode: SearchMode;
  readonly limit: number;
}

/** A message and where it stands. */
export interface RecordedMessage {
  readonly message: Message;
  /** The agent's default conversation, which the API shows as none. */
  readonly isInDefault: boolean;
}

export interface FoundMessage extends RecordedMessage {
  readonly score: number;
  readonly vectorRank: number | null;
  readonly wordRank: number | null;
}

export interface FoundMessages {
  readonly found: readonly FoundMessage[];
  /** How they were found; less than what was asked for when vectors could not be had. */
  readonly mode: SearchMode | 'timestamp';
  /** Vectors were asked for, and the model or the store did not answer. */
  readonly degraded: boolean;
}

/** Agents that embed alike; all of the search when `agentIds` is null. */
export interface EmbeddingGroup {
  readonly config: EmbeddingConfig | null;
  readonly agentIds: readonly string[] | null;
}

/** The record of the messages, as far as searches read it. */
export interface MessageRecord {
  /** The best matches by words, best first. */
  byWords(filter: MessageFilter, query: string, limit: number): Promise<readonly Hit[]>;
  /** Newest first. */
  byTime(filter: MessageFilter, limit: number): Promise<readonly RecordedMessage[]>;
  /** The turns around hits that pass the filter. */
  near(filter: MessageFilter, ids: readonly string[]): Promise<ReadonlyMap<string, readonly NearTurn[]>>;
  /** Those that are there and pass the filter, in any order. */
  load(filter: MessageFilter, ids: readonly string[]): Promise<readonly RecordedMessage[]>;
  /** The cosines of messages with the question's vector of the model that has made theirs, best first. Others have none. */
  similarities(questions: readonly QueryVector[], ids: readonly string[]): Promise<readonly Hit[]>;
  embeddingGroups(filter: MessageFilter): Promise<readonly EmbeddingGroup[]>;
}

export interface MessageSearchDeps {
  readonly record: MessageRecord;
  readonly vectors: VectorStore;
  readonly embedder: Embedder;
  readonly embeddingChoice: Pick<EmbeddingChoice, 'choose'>;
  /** How long the query's vector may take; without it the search goes by words. */
  readonly embeddingTimeoutMs: number;
}

export interface MessageSearcher {
  /** Searches all messages, in a context or not, by what they say and by what they mean. */
  search(search: MessageSearch, signal: AbortSignal): Promise<FoundMessages>;
}

/** Nearest vectors that are asked for, at least. */
const leastHits = 100;
/** Hits of words are cheap, and what is near by its meaning may be a poor one. */
const wordsPerVector = 3;

export function createMessageSearcher(deps: MessageSearchDeps): MessageSearcher {
  return {
    async search(search, signal) {
      const { record } = deps;
      const query = search.query.trim();
      if (query === '') {
        const newest = await record.byTime(search, search.limit);
        return { found: newest.map(row => ({ ...row, score: 0, vectorRank: null, wordRank: null })), mode: 'timestamp', degraded: false };
      }
      const hits = Math.max(leastHits, 2 * search.limit);
      const vectors = search.mode === 'fts' ? noVectors : await byVectors(deps, search, query, hits, signal);
      const mode = vectors.isSearched ? search.mode : 'fts';
      const words = mode === 'vector' ? [] : await record.byWords(search, query, wordsPerVector * hits);
      const near = await nearOf(deps, search, words.slice(0, hits), vectors.hits);
      const order = fuse({ words, vectors: mode === 'hybrid' ? await completed(deps, vectors, words) : vectors.hits, near });
      return { found: await loaded(deps, search, order), mode, degraded: vectors.degraded };
    },
  };
}

/** Turns around the best hits; who wants one way alone gets its hits alone. */
async function nearOf(
  { record }: MessageSearchDeps,
  search: MessageSearch,
  words: readonly Hit[],
  vectors: readonly Hit[],
): Promise<ReadonlyMap<string, readonly NearTurn[]>> {
  if (search.mode !== 'hybrid') return new Map();
  return record.near(search, [...new Set([...words, ...vectors].map(({ id }) => id))]);
}

/** A hit of the words means something too, though others may be nearer. */
async function completed({ record }: MessageSearchDeps, { hits, questions }: VectorHits, words: readonly Hit[]): Promise<readonly Hit[]> {
  const known = new Set(hits.map(({ id }) => id));
  const more = await record.similarities(
    questions,
    words.flatMap(({ id }) => (known.has(id) ? [] : [id])),
  );
  return [...hits, ...more].toSorted((a, b) => b.score - a.score);
}

interface VectorHits {
  readonly hits: readonly Hit[];
  /** The question by every model that the searched agents have. */
  readonly questions: readonly QueryVector[];
  /** False when there is no embedding model, or it or the store is away. */
  readonly isSearched: boolean;
  readonly degraded: boolean;
}

const noVectors: VectorHits = { hits: [], questions: [], isSearched: false, degraded: false };

async function byVectors(
  deps: MessageSearchDeps,
  search: MessageSearch,
  query: string,
  limit: number,
  signal: AbortSignal,
): Promise<VectorHits> {
  const groups = await deps.record.embeddingGroups(search);
  const found = await Promise.all(groups.map(group => nearestOf(deps, { ...search, query }, group, limit, signal)));
  return {
    hits: found
      .flatMap(({ hits }) => hits)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, limit),
    questions: found.flatMap(({ questions }) => questions),
    isSearched: found.some(({ isSearched }) => isSearched),
    degraded: found.some(({ degraded }) => degraded),
  };
}

async function nearestOf(
  { record, vectors, embedder, embeddingChoice, embeddingTimeoutMs }: MessageSearchDeps,
  search: MessageSearch,
  group: EmbeddingGroup,
  limit: number,
  signal: AbortSignal,
): Promise<VectorHits> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(embeddingTimeoutMs)]);
  let config: EmbeddingConfig | null;
  let vector: readonly number[] | null;
  try {
    config = await embeddingChoice.choose({ agent: group.config }, inTime);
    vector = await embedOne(embedder, config, search.query, inTime);
  } catch (error) {
    if (signal.aborted || !(inTime.aborted || error instanceof ModelError || error instanceof RequestError)) throw error;
    return { ...noVectors, degraded: true };
  }
  if (config === null || vector === null) return noVectors;
  const { organizationId, agentId, conversationIds, roles, startAt, endAt } = search;
  const filter = {
    organizationId,
    ownerIds: agentId === null ? group.agentIds : [agentId],
    conversationIds,
    roles,
    tags: [],
    tagMatch: 'any' as const,
    startAt,
    endAt,
  };
  const { neighbours, degraded } = await nearestOrNone(vectors, { collection: 'messages', vector, filter, limit }, signal);
  const questions = [{ model: embeddingKey(config), vector }];
  // A store may lag behind, and after a change of the model vectors of two stand side by side: the record says what counts.
  const hits = await record.similarities(
    questions,
    neighbours.map(({ id }) => id),
  );
  return { hits, questions, isSearched: !degraded, degraded };
}

/** A store may name what is not there any more: so a few more are read than asked for. */
async function loaded({ record }: MessageSearchDeps, search: MessageSearch, order: readonly Fused[]): Promise<FoundMessage[]> {
  const first = order.slice(0, search.limit + spareRows);
  const messages = new Map(
    (
      await record.load(
        search,
        first.map(({ id }) => id),
      )
    ).map(row => [row.message.id, row]),
  );
  return first
    .flatMap(({ id, ...ranks }) => {
      const row = messages.get(id);
      return row === undefined ? [] : [{ ...row, ...ranks }];
    })
    .slice(0, search.limit);
}

const spareRows = 10;
