/** What is searched by vectors: passages of archives and of folders, and messages of agents. */
export type VectorCollection = 'passages' | 'messages';

/** What a store keeps of a passage or a message: its vector, and what searches filter by. */
export interface VectorPoint {
  /** Of the passage or the message. */
  readonly id: string;
  readonly vector: readonly number[];
  readonly organizationId: string;
  /** The archive or the folder of a passage, the agent of a message. */
  readonly ownerId: string;
  /** Of a message; null for passages. */
  readonly conversationId: string | null;
  /** Of a message; null for passages. */
  readonly role: string | null;
  readonly tags: readonly string[];
  readonly createdAt: Date;
}

/** Null or no tags = not asked for. A point that lacks what is asked for is not found. */
export interface VectorFilter {
  /** Always: nobody finds what belongs to another organization. */
  readonly organizationId: string;
  /** Archives or folders of passages, or agents of messages. */
  readonly ownerIds: readonly string[] | null;
  readonly conversationIds: readonly string[] | null;
  readonly roles: readonly string[] | null;
  readonly tags: readonly string[];
  readonly tagMatch: 'any' | 'all';
  readonly startAt: Date | null;
  readonly endAt: Date | null;
}

export interface VectorQuery {
  readonly collection: VectorCollection;
  /** Only vectors of the same dimension are compared with it. */
  readonly vector: readonly number[];
  readonly filter: VectorFilter;
  readonly limit: number;
}

export interface Neighbour {
  readonly id: string;
  /** By the cosine: 0 = the same direction, 2 = the opposite one. */
  readonly distance: number;
}

/**
 * Finds the points whose vectors are nearest to one. Postgres holds the record; a store beside it is an index that may lag behind. So whoever searches reads
 * the rows that it names from the record, under the same conditions, and leaves out what is not there any more.
 */
export interface VectorStore {
  readonly name: VectorStoreName;
  /** Nearest first. Rejects with VectorStoreAway when the store does not answer, or has no index of the dimension. */
  search(query: VectorQuery, signal?: AbortSignal): Promise<readonly Neighbour[]>;
}

/** Says which vector of a point a store is to forget. */
export interface ForgottenPoint {
  readonly id: string;
  readonly organizationId: string;
  readonly dimension: number;
}

/** A store beside Postgres, which is told of every change. All of it can be repeated. */
export interface VectorIndex extends VectorStore {
  /** Puts points in the place of those of the same id and dimension, and forgets others. Done when a search finds it. */
  write(
    collection: VectorCollection,
    points: readonly VectorPoint[],
    forgotten: readonly ForgottenPoint[],
    signal: AbortSignal,
  ): Promise<void>;
  count(collection: VectorCollection, signal: AbortSignal): Promise<number>;
  /** Forgets everything. */
  clear(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const vectorStoreNames = ['pgvector', 'redis', 'weaviate', 'turbopuffer'] as const;
export type VectorStoreName = (typeof vectorStoreNames)[number];

/**
 * `late` = no answer in time: less at once may get one. `refused` = it does not take what was written, and will not the next time. `missing` = it holds
 * nothing of the dimension: nothing was ever written, or it was lost.
 */
export type StoreFailure = 'away' | 'late' | 'refused' | 'missing';

/** A store does not answer, or refuses. Its message holds no secrets. */
export class VectorStoreAway extends Error {
  override readonly name = 'VectorStoreAway';

  constructor(
    readonly store: VectorStoreName,
    readonly reason: string,
    readonly failure: StoreFailure = 'away',
  ) {
    super(`The vector store ${store} failed: ${reason}`);
  }
}
