import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { LoopTimeouts } from '../domain/agent-loop/loop-types.js';
import type { TrialCall } from '../domain/tools/tool-trial.js';
import { trialActivities } from './activity-proxies.js';
import { isUntaken } from './tool-call.workflow.js';

export interface ToolTrialInput {
  readonly trialId: string;
  readonly call: TrialCall;
  readonly timeouts: LoopTimeouts;
}

/** One call of a tool outside of any run, under the retry class and the timeout of its tool. What came of it stands in the trial's row. */
export async function toolTrial({ trialId, call, timeouts }: ToolTrialInput): Promise<void> {
  const activities = trialActivities(call, timeouts);
  try {
    await activities.runTrial({ trialId, retryClass: call.retryClass });
  } catch (error) {
    if (!isCancellation(error) && !(error instanceof ActivityFailure)) throw error;
    await CancellationScope.nonCancellable(() =>
      activities.settleTrial(isUntaken(error) ? { trialId, untakenMs: timeouts.tools.startMs } : { trialId }),
    );
  }
}
