import { Context } from '@temporalio/activity';
import type { JobsRepository } from '../../repositories/jobs.repository.js';
import type { JobStarter } from '../../temporal/job-starter.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileJobsDeps {
  readonly jobs: Pick<JobsRepository, 'listOpen'>;
  readonly jobStarter: JobStarter;
}

const pageSize = 50;

export function createReconcileJobs({ jobs, jobStarter }: ReconcileJobsDeps) {
  /** Starts one page of the jobs that have not ended; those under way go on. Returns where the next page begins, or null after the last. */
  return function reconcileJobs({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await jobs.listOpen(after, pageSize);
      for (const job of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a job', job.id, () => jobStarter.start(job));
      }
      return page.length < pageSize ? null : (page.at(-1)?.id ?? null);
    });
  };
}
