import { Context } from '@temporalio/activity';
import type { ProviderTracesRepository } from '../../repositories/provider-traces.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface DeleteOldTracesDeps {
  readonly traces: Pick<ProviderTracesRepository, 'deleteOlderThan'>;
  readonly traceRetentionDays: number;
}

export function createDeleteOldTraces({ traces, traceRetentionDays }: DeleteOldTracesDeps) {
  /** Deletes the traces whose time is over, a few at once. What a cancel leaves is deleted at the next tick. */
  return function deleteOldTraces(): Promise<void> {
    return withDatabaseFailures(async () => {
      while (await traces.deleteOlderThan(traceRetentionDays)) {
        if (Context.current().cancellationSignal.aborted) return;
      }
    });
  };
}
