import type { Client } from '@temporalio/client';
import type { FileIngestInput, IngestTimeouts } from '../domain/files/file-ingest.js';
import { fileIngestWorkflowId } from '../domain/runs/execution-ids.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface FileIngestStarter {
  /** Sees to it that a file is read. One that is under way stays as it is. */
  start(fileId: string): Promise<void>;
}

export function createFileIngestStarter(client: Client, timeouts: IngestTimeouts): FileIngestStarter {
  return {
    start: fileId =>
      withinTask(client, async () => {
        await client.workflow.start('fileIngest', {
          workflowId: fileIngestWorkflowId(fileId),
          taskQueue,
          args: [{ fileId, timeouts } satisfies FileIngestInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `reads ${fileId}`,
        });
      }),
  };
}
