import { continueAsNew, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { JobInput, JobProgress } from '../domain/jobs/job.js';
import { purgeActivities } from './activity-proxies.js';
import { jobProgressQuery } from './reembed.workflow.js';

/** How soon is looked again whether the runs have ended. */
const pause = '1s';

/** Deletes all that belongs to an identity, or to a large agent or archive, batch by batch. The rows that are left say how far it is, so it begins anywhere. */
export async function purge({ jobId }: JobInput): Promise<void> {
  let progress: JobProgress | null = null;
  setHandler(jobProgressQuery, () => progress);
  for (;;) {
    const { isWaiting, ...reached } = await purgeActivities.purgeRows({ jobId });
    progress = reached;
    if (progress.isOver) return;
    if (isWaiting) await sleep(pause);
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- what comes before is the same; the new execution goes on from the rows
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof purge>({ jobId });
  }
}
