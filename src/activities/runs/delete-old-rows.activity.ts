import { Context } from '@temporalio/activity';
import type { EmbeddingsRepository } from '../../repositories/embeddings.repository.js';
import type { GenerationsRepository } from '../../repositories/generations.repository.js';
import type { ProviderTracesRepository } from '../../repositories/provider-traces.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface DeleteOldRowsDeps {
  readonly traces: Pick<ProviderTracesRepository, 'deleteOlderThan'>;
  readonly generations: Pick<GenerationsRepository, 'deleteOlderThan'>;
  readonly embeddings: Pick<EmbeddingsRepository, 'deleteUnused'>;
  readonly traceRetentionDays: number;
  readonly embeddingCacheLimits: { readonly days: number; readonly rows: number };
}

export function createDeleteOldRows({ traces, generations, embeddings, traceRetentionDays, embeddingCacheLimits }: DeleteOldRowsDeps) {
  const { days, rows } = embeddingCacheLimits;
  const sweeps = [
    () => traces.deleteOlderThan(traceRetentionDays),
    () => generations.deleteOlderThan(traceRetentionDays),
    () => embeddings.deleteUnused(days, rows),
  ];
  /** Deletes the traces and generations whose time is over and the vectors that nobody uses, a few at once. What a cancel leaves is deleted at the next tick. */
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
