import { ActivityFailure, CancellationScope, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import type { LoopTimeouts, SettleToolCallInput, ToolCallInput, ToolCallOutcome } from '../domain/agent-loop/loop-types.js';
import { record, toolActivities } from './activity-proxies.js';
import { waitCall } from './wait-call.js';

export interface ToolCallWorkflowInput extends ToolCallInput {
  readonly timeouts: LoopTimeouts;
}

/** One tool call, under the retry class and the timeout of its tool. */
export async function toolCall(input: ToolCallWorkflowInput): Promise<ToolCallOutcome> {
  const { timeouts, ...call } = input;
  try {
    const outcome = await (input.call.execution === 'wait' ? waitCall(call) : toolActivities(input.call, timeouts).runTool(call));
    // It was faster than the cancel; what follows it must not begin.
    return { ...outcome, cancelled: isCancelled() };
  } catch (error) {
    const cancelled = isCancellation(error);
    if (!cancelled && !(error instanceof ActivityFailure)) throw error;
    // A call that is lost with its worker fails by its silence, also when it was to be cancelled.
    return settle(isUntaken(error) ? { ...call, untakenMs: timeouts.tools.startMs } : call, cancelled || isCancelled());
  }
}

/** What a call that did not come back is known to have done; a result that was stored meanwhile counts. */
export function settle(input: SettleToolCallInput, cancelled: boolean): Promise<ToolCallOutcome> {
  return CancellationScope.nonCancellable(async () => ({ ...(await record.settleToolCall(input)), cancelled }));
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}

/** No worker for sandboxes has taken it in time. */
export function isUntaken(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_START';
}
