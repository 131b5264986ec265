import type { RequestContext } from '../mount-route.js';
import { runItems } from './run-items.js';
import type { RunStreamDeps, RunStreamRequest } from './run-items.js';
import { openEventStream } from './sse.js';

export interface SseDeps extends RunStreamDeps {
  /** How long a client may leave what it was sent unread before it is let go, in ms. */
  readonly streamStallMs: number;
}

/** Writes a run's events to the client as server-sent events. True = the client got all of it. */
export async function streamRun(deps: SseDeps, request: RunStreamRequest, { response, signal }: RequestContext): Promise<boolean> {
  const stream = openEventStream(response, deps.streamStallMs);
  const items = runItems(deps, request, signal);
  for (let next = await items.next(); ; next = await items.next()) {
    if (next.done === true) {
      await stream.end(next.value);
      return next.value && !signal.aborted;
    }
    await stream.send(next.value.data, next.value.isError);
  }
}
