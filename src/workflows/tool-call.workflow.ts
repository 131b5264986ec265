import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { LoopTimeouts, ToolCallInput, ToolCallOutcome } from '../domain/agent-loop/loop-types.js';
import { record, toolActivities } from './activity-proxies.js';

export interface ToolCallWorkflowInput extends ToolCallInput {
  readonly timeouts: LoopTimeouts;
}

/** One tool call, under the retry class and the timeout of its tool. */
export async function toolCall(input: ToolCallWorkflowInput): Promise<ToolCallOutcome> {
  const { timeouts, ...call } = input;
  try {
    return await toolActivities(input.call, timeouts).runTool(call);
  } catch (error) {
    const cancelled = isCancellation(error);
    if (!cancelled && !(error instanceof ActivityFailure)) throw error;
    return settle(call, cancelled);
  }
}

/** What a call that did not come back is known to have done; a result that was stored meanwhile counts. */
export function settle(input: ToolCallInput, cancelled: boolean): Promise<ToolCallOutcome> {
  return CancellationScope.nonCancellable(async () => ({ ...(await record.settleToolCall(input)), cancelled }));
}
