import { Context } from '@temporalio/activity';
import type { FileIngestsRepository } from '../../repositories/file-ingests.repository.js';
import type { FileIngestStarter } from '../../temporal/file-ingest-starter.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileFilesDeps {
  readonly fileIngests: Pick<FileIngestsRepository, 'listOpen'>;
  readonly fileIngestStarter: FileIngestStarter;
}

const pageSize = 50;

export function createReconcileFiles({ fileIngests, fileIngestStarter }: ReconcileFilesDeps) {
  /** Starts the reading of one page of the files that are not read; what is under way goes on. Returns where the next page begins, or null after the last. */
  return function reconcileFiles({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await fileIngests.listOpen(after, pageSize);
      for (const fileId of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a file', fileId, () => fileIngestStarter.start(fileId));
      }
      return page.length < pageSize ? null : (page.at(-1) ?? null);
    });
  };
}
