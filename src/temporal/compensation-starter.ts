import type { Client } from '@temporalio/client';
import { compensationWorkflowId } from '../domain/runs/execution-ids.js';
import type { CompensateInput } from '../workflows/compensate.workflow.js';
import { runIdAttribute } from '../workflows/search-attributes.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface CompensationStarter {
  /** Sees to it that what the tools of a run did is undone. What is under way stays as it is. */
  start(runId: string): Promise<void>;
}

export function createCompensationStarter(client: Client): CompensationStarter {
  return {
    start: runId =>
      withinTask(client, async () => {
        await client.workflow.start('compensate', {
          workflowId: compensationWorkflowId(runId),
          taskQueue,
          args: [{ runId } satisfies CompensateInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowTaskTimeout: '5s',
          staticSummary: `undoes what the tools of ${runId} did`,
          typedSearchAttributes: [{ key: runIdAttribute, value: runId }],
        });
      }),
  };
}
