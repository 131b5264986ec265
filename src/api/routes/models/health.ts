import type { Settings } from '../../../config/settings.js';
import { isTransientDatabaseError } from '../../../repositories/transient-database-error.js';
import type { VectorIndexesRepository } from '../../../repositories/vector-indexes.repository.js';

export interface HealthDeps {
  readonly version: string;
  readonly settings: Pick<Settings, 'toolSandbox'>;
  /** Empty = vectors are in Postgres alone. */
  readonly vectorStores: Readonly<Record<string, unknown>>;
  readonly vectorIndexes: Pick<VectorIndexesRepository, 'statuses'>;
}

/** That the process lives, and how far behind the vector stores are. Why one fails stands in the worker's log: anybody may ask for this. */
export async function health({ version, settings, vectorStores, vectorIndexes }: HealthDeps) {
  const common = { version, status: 'ok', ...(settings.toolSandbox === 'bubblewrap' ? {} : { tool_sandbox: settings.toolSandbox }) };
  if (Object.keys(vectorStores).length === 0) return common;
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
  return { ...common, ...(stores === undefined ? {} : { vector_stores: stores }) };
}
