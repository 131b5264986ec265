import type { Client } from '@temporalio/client';

/** How long Temporal may take to answer, in ms. */
const requestTimeoutMs = 2000;

/** Asks Temporal for something from within a workflow's task, which must not wait long for it. */
export function withinTask<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  return client.withDeadline(Date.now() + requestTimeoutMs, work);
}
