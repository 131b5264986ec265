import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { eventArrivedSignal } from '../workflows/messages.js';
import { withinTask } from './within-task.js';

export interface CallWaker {
  /** Has a call that waits look at its rows. One whose execution is gone looks when it comes back. */
  wake(callId: string): Promise<void>;
}

export function createCallWaker(client: Client): CallWaker {
  return {
    async wake(callId) {
      try {
        await withinTask(client, () => client.workflow.getHandle(callId).signal(eventArrivedSignal));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
