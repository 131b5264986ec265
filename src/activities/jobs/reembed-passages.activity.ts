import { Context } from '@temporalio/activity';
import type { JobProgress } from '../../domain/jobs/job.js';
import { embedEach } from '../../domain/model/embed-each.js';
import type { Embedder } from '../../domain/model/embedder.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { JobsRepository } from '../../repositories/jobs.repository.js';
import type { ReembedRepository } from '../../repositories/reembed.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withJobFailures } from './job-failure.js';

export interface ReembedPassagesDeps {
  readonly embedder: Embedder;
  readonly reembeds: ReembedRepository;
  readonly jobs: Pick<JobsRepository, 'noteFailure'>;
  /** Passages of one call. */
  readonly reembedBatchSize: number;
}

export function createReembedPassages(deps: ReembedPassagesDeps) {
  /** Makes one batch of vectors anew. Repeated, it does the next one, or again what was not committed, for which no provider is asked twice. */
  return function reembedPassages({ jobId }: { readonly jobId: string }): Promise<JobProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        await withJobFailures(deps.jobs, jobId, () => reembedBatch(deps, jobId));
        return deps.reembeds.progress(jobId);
      }),
    );
  };
}

async function reembedBatch({ embedder, reembeds, jobs, reembedBatchSize }: ReembedPassagesDeps, jobId: string): Promise<void> {
  const batch = await reembeds.nextBatch(jobId, reembedBatchSize);
  if (batch === null) return;
  if (batch.passages.length === 0) {
    await reembeds.finish(jobId);
    return;
  }
  const texts = batch.passages.map(({ text }) => text);
  const outcomes = await embedEach(embedder, batch.config, texts, Context.current().cancellationSignal);
  const refused = outcomes.filter(outcome => outcome instanceof ModelError);
  const [reason] = refused;
  // A model that takes none of several texts is the wrong one, or set wrongly: the vectors that are there stay.
  const takesNone = batch.cursor === null && texts.length > 1 && refused.length === texts.length;
  if (reason !== undefined && takesNone) await jobs.noteFailure(jobId, reason.message, true);
  else await reembeds.commit(batch, outcomes);
}
