import type { Client } from '@temporalio/client';
import type { JobInput, JobKind } from '../domain/jobs/job.js';
import { jobWorkflowId } from '../domain/runs/execution-ids.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface JobStarter {
  /** Sees to it that a job is carried out. One that is under way stays as it is. */
  start(job: { readonly id: string; readonly kind: JobKind }): Promise<void>;
}

export function createJobStarter(client: Client): JobStarter {
  return {
    start: ({ id: jobId, kind }) =>
      withinTask(client, async () => {
        await client.workflow.start(kind, {
          workflowId: jobWorkflowId(jobId),
          taskQueue,
          args: [{ jobId } satisfies JobInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `${kind} by ${jobId}`,
        });
      }),
  };
}
