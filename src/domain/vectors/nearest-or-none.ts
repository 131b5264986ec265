import { VectorStoreAway } from './vector-store.js';
import type { Neighbour, VectorQuery, VectorStore } from './vector-store.js';

export interface Nearest {
  readonly neighbours: readonly Neighbour[];
  /** The store did not answer: what is found is found by words alone. */
  readonly degraded: boolean;
}

/** The nearest points; none, and the flag, when the store is away: a search goes on without it. */
export async function nearestOrNone(store: VectorStore, query: VectorQuery, signal?: AbortSignal): Promise<Nearest> {
  try {
    return { neighbours: await store.search(query, signal), degraded: false };
  } catch (error) {
    if (!(error instanceof VectorStoreAway)) throw error;
    return { neighbours: [], degraded: true };
  }
}
