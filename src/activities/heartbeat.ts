import { Context } from '@temporalio/activity';

const heartbeatIntervalMs = 1000;

/** Tells Temporal every second that the activity lives, for as long as `work` runs: that is also how a cancel gets to it. */
export async function withHeartbeat<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), heartbeatIntervalMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whether somebody wants the activity to end; false when it is the worker that goes down, for then another one takes the call over. */
export function isCancelWanted(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}
