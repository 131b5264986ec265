import { executeChild, isCancellation, log, ParentClosePolicy, sleep } from '@temporalio/workflow';
import { toolTrialWorkflowId } from '../domain/runs/execution-ids.js';
import { compensationActivities } from './activity-proxies.js';
import { toolTrial } from './tool-trial.workflow.js';

export interface CompensateInput {
  readonly runId: string;
}

/** Before an undo is looked at again whose execution was ended by force, or that reconcile carries out. */
const pauseMs = 1000;

/** Undoes what the tools of a run did, last call first. Each undo is a call outside of runs, under a key of its own; its rows tell how far this is. */
export async function compensate({ runId }: CompensateInput): Promise<void> {
  for (;;) {
    const due = await compensationActivities.advanceCompensation({ runId });
    if (due === null) return;
    try {
      await executeChild(toolTrial, {
        workflowId: toolTrialWorkflowId(due.trialId),
        args: [due],
        staticSummary: `undo by ${due.call.toolName}`,
        workflowTaskTimeout: '5s',
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('an undo has to be looked at again', { trialId: due.trialId, error });
      await sleep(pauseMs);
    }
  }
}
