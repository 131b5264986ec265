import type { Client } from '@temporalio/client';
import { embedMessagesWorkflowId } from '../domain/runs/execution-ids.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface EmbeddingStarter {
  /** Sees to it that what is due is embedded. One that is under way takes it along. */
  start(): Promise<void>;
  /** Does it in a moment, once for many runs that end meanwhile. What a crash forgets, reconcile finds by its rows. */
  startSoon(): void;
  close(): Promise<void>;
}

const pauseMs = 1000;

export function createEmbeddingStarter(client: Client, onFailed: (error: unknown) => void): EmbeddingStarter {
  let timer: NodeJS.Timeout | null = null;
  let starting: Promise<void> = Promise.resolve();
  const start = (): Promise<void> =>
    withinTask(client, async () => {
      await client.workflow.start('embedMessages', {
        workflowId: embedMessagesWorkflowId,
        taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: 'makes the vectors of new messages',
      });
    });
  return {
    start,
    startSoon() {
      timer ??= setTimeout(() => {
        timer = null;
        starting = start().catch(onFailed);
      }, pauseMs);
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await starting;
    },
  };
}
