import { continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { JobInput, JobProgress } from '../domain/jobs/job.js';
import { jobActivities } from './activity-proxies.js';
import { jobProgressQuery } from './reembed.workflow.js';

/** Takes away a folder or a file that is marked as deleted: passages, text and bytes, batch by batch. What is left says how far it is. */
export async function deleteFiles({ jobId }: JobInput): Promise<void> {
  let progress: JobProgress | null = null;
  setHandler(jobProgressQuery, () => progress);
  for (;;) {
    progress = await jobActivities.deleteFiles({ jobId });
    if (progress.isOver) return;
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- what comes before is the same; the new execution goes on from the rows
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof deleteFiles>({ jobId });
  }
}
