import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { approvalDeadlineWorkflowId } from '../domain/runs/execution-ids.js';
import type { ApprovalDeadlineInput } from '../workflows/approval-deadline.workflow.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface ApprovalTimers {
  /** Sees to it that a request is settled at its deadline. A second time nothing changes. */
  start(timer: { readonly runId: string; readonly requestId: string; readonly at: Date }): Promise<void>;
}

export function createApprovalTimers(client: Client): ApprovalTimers {
  return {
    async start({ runId, requestId, at }) {
      try {
        await withinTask(client, () =>
          client.workflow.start('approvalDeadline', {
            workflowId: approvalDeadlineWorkflowId(runId),
            taskQueue,
            args: [{ requestId, deadlineMs: at.getTime() } satisfies ApprovalDeadlineInput],
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: `deadline of the approval request of ${runId}`,
          }),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
