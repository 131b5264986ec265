import type { VectorIndexesRepository } from '../../repositories/vector-indexes.repository.js';
import type { VectorCarrierStarter } from '../../temporal/vector-carrier-starter.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileVectorsDeps {
  readonly vectorIndexes: Pick<VectorIndexesRepository, 'names'>;
  readonly vectorCarriers: VectorCarrierStarter;
}

export function createReconcileVectors({ vectorIndexes, vectorCarriers }: ReconcileVectorsDeps) {
  /** Sees to it that each vector store beside Postgres is told of changes. */
  return function reconcileVectors(): Promise<void> {
    return withDatabaseFailures(async () => {
      for (const store of await vectorIndexes.names()) await attempt('a vector store', store, () => vectorCarriers.start(store));
    });
  };
}
