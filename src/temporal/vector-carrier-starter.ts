import type { Client } from '@temporalio/client';
import { carryVectorsWorkflowId } from '../domain/runs/execution-ids.js';
import type { VectorStoreName } from '../domain/vectors/vector-store.js';
import type { CarryVectorsInput } from '../workflows/carry-vectors.workflow.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface VectorCarrierStarter {
  /** Sees to it that somebody tells the store of changes. */
  start(store: VectorStoreName): Promise<void>;
}

export function createVectorCarrierStarter(client: Client): VectorCarrierStarter {
  return {
    start: store =>
      withinTask(client, async () => {
        await client.workflow.start('carryVectors', {
          workflowId: carryVectorsWorkflowId(store),
          taskQueue,
          args: [{ store } satisfies CarryVectorsInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `vectors to ${store}`,
        });
      }),
  };
}
