import { ChildWorkflowCancellationType, executeChild, ParentClosePolicy, sleep } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Workflow } from '@temporalio/workflow';
import { agentIdAttribute, conversationIdAttribute, runIdAttribute } from './search-attributes.js';

export interface ChildPlace {
  readonly workflowId: string;
  readonly summary: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly runId: string;
}

/** How long to leave a namesake, whose parent was terminated, to end as well. */
const namesakePauseMs = 500;

/** Runs a child to its end. A cancel is passed on and waited for, so that the child can commit what it has. */
export async function runChild<Input, Output>(
  workflow: Workflow & ((input: Input) => Promise<Output>),
  input: Input,
  place: ChildPlace,
): Promise<Output> {
  for (;;) {
    try {
      return await executeChild<(input: Input) => Promise<Output>>(workflow.name, {
        workflowId: place.workflowId,
        args: [input],
        staticSummary: place.summary,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        workflowTaskTimeout: '5s',
        typedSearchAttributes: [
          { key: agentIdAttribute, value: place.agentId },
          { key: conversationIdAttribute, value: place.conversationId },
          { key: runIdAttribute, value: place.runId },
        ],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(namesakePauseMs, { summary: `waits for the end of another ${place.workflowId}` });
    }
  }
}
