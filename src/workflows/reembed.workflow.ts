import { continueAsNew, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { JobInput, JobProgress } from '../domain/jobs/job.js';
import { jobActivities } from './activity-proxies.js';

/** How far a job is; null before its first batch. */
export const jobProgressQuery = defineQuery<JobProgress | null, []>('progress');

/** Makes the vectors of an archive anew, batch by batch. The job's row knows how far it is, so it begins anywhere. */
export async function reembed({ jobId }: JobInput): Promise<void> {
  let progress: JobProgress | null = null;
  setHandler(jobProgressQuery, () => progress);
  for (;;) {
    progress = await jobActivities.reembedPassages({ jobId });
    if (progress.isOver) return;
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- what comes before is the same; the new execution goes on from the row
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reembed>({ jobId });
  }
}
