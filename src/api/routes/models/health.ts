import { isTransientDatabaseError } from '../../../repositories/transient-database-error.js';
import type { VectorIndexesRepository } from '../../../repositories/vector-indexes.repository.js';

export interface HealthDeps {
  readonly version: string;
  /** Empty = vectors are in Postgres alone. */
  readonly vectorStores: Readonly<Record<string, unknown>>;
  readonly vectorIndexes: Pick<VectorIndexesRepository, 'statuses'>;
}

/** That the process lives, and how far behind the vector stores are. Why one fails stands in the worker's log: anybody may ask for this. */
export async function health({ version, vectorStores, vectorIndexes }: HealthDeps) {
  if (Object.keys(vectorStores).length === 0) return { version, status: 'ok' };
  const statuses = await vectorIndexes.statuses().catch((error: unknown) => {
    // The process lives though its database is away.
    if (isTransientDatabaseError(error)) return null;
    throw error;
  });
  const stores = statuses?.map(({ name, state, filled, pending, refused, lagSeconds, lastError }) => ({
    name,
    state,
    filled,
    pending_changes: pending,
    refused_changes: refused,
    lag_seconds: lagSeconds,
    failing: lastError !== null,
  }));
  return { version, status: 'ok', ...(stores === undefined ? {} : { vector_stores: stores }) };
}
