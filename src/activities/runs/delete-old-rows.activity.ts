import { Context } from '@temporalio/activity';
import type { EmbeddingsRepository } from '../../repositories/embeddings.repository.js';
import type { ProviderTracesRepository } from '../../repositories/provider-traces.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface DeleteOldRowsDeps {
  readonly traces: Pick<ProviderTracesRepository, 'deleteOlderThan'>;
  readonly embeddings: Pick<EmbeddingsRepository, 'deleteUnused'>;
  readonly traceRetentionDays: number;
  readonly embeddingCacheLimits: { readonly days: number; readonly rows: number };
}

export function createDeleteOldRows({ traces, embeddings, traceRetentionDays, embeddingCacheLimits: { days, rows } }: DeleteOldRowsDeps) {
  const sweeps = [() => traces.deleteOlderThan(traceRetentionDays), () => embeddings.deleteUnused(days, rows)];
  /** Deletes the traces whose time is over and the vectors that nobody uses, a few at once. What a cancel leaves is deleted at the next tick. */
  return function deleteOldRows(): Promise<void> {
    return withDatabaseFailures(async () => {
      for (const sweep of sweeps) {
        while (await sweep()) {
          if (Context.current().cancellationSignal.aborted) return;
        }
      }
    });
  };
}
