import type { VectorStoreName } from './vector-store.js';

export type IndexState = 'filling' | 'active' | 'leaving';

/** How far a store beside Postgres has come, for people to read. */
export interface IndexStatus {
  readonly name: VectorStoreName;
  readonly state: IndexState;
  /** Points that were filled in from the record. */
  readonly filled: number;
  /** Changes that it has yet to be told of; counted up to 10,000. */
  readonly pending: number;
  /** Those among them that it does not take, and is asked again later. */
  readonly refused: number;
  /** Age of the oldest of them. */
  readonly lagSeconds: number | null;
  readonly lastError: string | null;
}
