import type { RetentionBatch, RetentionKind, RetentionTerm } from '../../domain/retention/retention-policy.js';
import type { RetentionRepository } from '../../repositories/retention.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface DeleteExpiredDeps {
  readonly retention: Pick<RetentionRepository, 'deleteExpired'>;
  readonly retentionLimits: { readonly batch: number; readonly standard: Readonly<Record<RetentionKind, RetentionTerm | null>> };
}

export interface DeleteExpiredInput {
  readonly kind: RetentionKind;
  readonly after: string;
}

export function createDeleteExpired({ retention, retentionLimits: { batch, standard } }: DeleteExpiredDeps) {
  /** Deletes one batch of what is too old. A repeated one finds what the first has left. */
  return function deleteExpired({ kind, after }: DeleteExpiredInput): Promise<RetentionBatch> {
    return withDatabaseFailures(() => retention.deleteExpired({ kind, after, limit: batch, standard: standard[kind] }));
  };
}
