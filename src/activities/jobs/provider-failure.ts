import { ApplicationFailure, Context } from '@temporalio/activity';
import { ModelError } from '../../domain/model/model-error.js';
import type { JobsRepository } from '../../repositories/jobs.repository.js';

/** Work of a job that asks a provider: what may pass is noted and tried again, anything else ends the job. */
export async function withProviderFailures(
  jobs: Pick<JobsRepository, 'noteFailure'>,
  jobId: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (Context.current().cancellationSignal.aborted) throw ApplicationFailure.retryable('The worker goes down', 'WorkerDown');
    if (!(error instanceof ModelError)) throw error;
    await jobs.noteFailure(jobId, error.message, !error.retryable);
    if (!error.retryable) return;
    const { retryAfterMs } = error;
    throw ApplicationFailure.create({
      type: error.kind,
      message: error.message,
      ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    });
  }
}
