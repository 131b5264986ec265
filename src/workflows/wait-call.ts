import { condition, setHandler } from '@temporalio/workflow';
import type { ToolCallInput, ToolCallOutcome } from '../domain/agent-loop/loop-types.js';
import { record } from './activity-proxies.js';
import { eventArrivedSignal } from './messages.js';

/** A call that waits: a timer, and a look at the rows whenever something is said to have come. Its workflow has no other call. */
export async function waitCall(call: ToolCallInput): Promise<ToolCallOutcome> {
  let arrivals = 0;
  setHandler(eventArrivedSignal, () => {
    arrivals += 1;
  });
  let deadline: number | null = null;
  for (let isDue = false; ;) {
    const seen = arrivals;
    const state = await record.advanceWait({ ...call, isDue });
    if (state.kind === 'ended') return state.outcome;
    deadline ??= Date.now() + state.remainingMs;
    isDue = !(await condition(() => arrivals !== seen, Math.max(1, deadline - Date.now())));
  }
}
