import { ApplicationFailure, Context } from '@temporalio/activity';
import { ModelError } from '../../domain/model/model-error.js';
import type { JobsRepository } from '../../repositories/jobs.repository.js';
import { isServiceAway } from '../database-failure.js';

/**
 * Work of a job: what may pass is noted and tried again, anything else ends the job with its reason. A job whose workflow failed while its row stayed open would
 * be started anew for ever, and nobody told. Null = it has ended here.
 */
export async function withJobFailures<Result>(
  jobs: Pick<JobsRepository, 'noteFailure'>,
  jobId: string,
  work: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (Context.current().cancellationSignal.aborted) throw ApplicationFailure.retryable('The worker goes down', 'WorkerDown');
    if (isServiceAway(error)) throw error;
    if (!(error instanceof ModelError)) {
      await jobs.noteFailure(jobId, error instanceof Error ? error.message : String(error), true);
      throw error;
    }
    await jobs.noteFailure(jobId, error.message, !error.retryable);
    if (!error.retryable) return null;
    const { retryAfterMs } = error;
    throw ApplicationFailure.create({
      type: error.kind,
      message: error.message,
      ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    });
  }
}
