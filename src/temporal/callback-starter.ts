import type { Client } from '@temporalio/client';
import { callbackWorkflowId } from '../domain/runs/execution-ids.js';
import type { CallbackInput } from '../workflows/callback.workflow.js';
import { runIdAttribute } from '../workflows/search-attributes.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface CallbackStarter {
  /** Sees to it that a run's callback is delivered. One that is under way stays as it is. */
  start(runId: string): Promise<void>;
}

export function createCallbackStarter(client: Client): CallbackStarter {
  return {
    start: runId =>
      withinTask(client, async () => {
        await client.workflow.start('callback', {
          workflowId: callbackWorkflowId(runId),
          taskQueue,
          args: [{ runId } satisfies CallbackInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `callback of ${runId}`,
          typedSearchAttributes: [{ key: runIdAttribute, value: runId }],
        });
      }),
  };
}
