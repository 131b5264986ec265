import { Context } from '@temporalio/activity';
import type { JobProgress } from '../../domain/jobs/job.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { JobsRepository } from '../../repositories/jobs.repository.js';
import type { ReembedRepository } from '../../repositories/reembed.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withProviderFailures } from './provider-failure.js';

export interface ReembedPassagesDeps {
  readonly embedder: Embedder;
  readonly reembeds: ReembedRepository;
  readonly jobs: Pick<JobsRepository, 'noteFailure'>;
  /** Passages of one call. */
  readonly reembedBatchSize: number;
}

export function createReembedPassages({ embedder, reembeds, jobs, reembedBatchSize }: ReembedPassagesDeps) {
  /** Makes one batch of vectors anew. Repeated, it does the next one, or again what was not committed, for which no provider is asked twice. */
  return function reembedPassages({ jobId }: { readonly jobId: string }): Promise<JobProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        const batch = await reembeds.nextBatch(jobId, reembedBatchSize);
        if (batch?.passages.length === 0) await reembeds.finish(jobId);
        else if (batch !== null) {
          await withProviderFailures(jobs, jobId, async () => {
            const texts = batch.passages.map(({ text }) => text);
            await reembeds.commit(batch, await embedder.embed(batch.config, texts, Context.current().cancellationSignal));
          });
        }
        return reembeds.progress(jobId);
      }),
    );
  };
}
