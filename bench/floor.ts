import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

export const floorActivities = {
  nothing: async (): Promise<void> => Promise.resolve(),
};

export interface Floor {
  /** Ends when the workflow has; the mode says whether with a child. */
  run(mode: 'workflow' | 'inline'): Promise<void>;
  stop(): Promise<void>;
}

const taskQueue = 'floor';

export async function startFloor(connection: NativeConnection, client: Client): Promise<Floor> {
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('./floor-workflows.ts', import.meta.url)) });
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities: floorActivities });
  const running = worker.run();
  return {
    async run(mode) {
      const handle = await client.workflow.signalWithStart(mode === 'workflow' ? 'floorWorkflow' : 'floorInline', {
        taskQueue,
        workflowId: `floor/${randomUUID()}`,
        signal: 'floor',
      });
      await handle.result();
    },
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
