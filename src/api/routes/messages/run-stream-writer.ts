import { randomUUID } from 'node:crypto';
import type { RunEventLog } from '../../../events/run-event-log.js';
import type { RunEvent } from '../../../domain/runs/run-event.js';
import type { RequestContext } from '../../mount-route.js';
import { createRunStreamPresenter } from '../../presenters/run-stream.js';
import type { RunStreamOptions } from '../../presenters/run-stream.js';
import { commonFields, wireDate } from '../../presenters/wire-fields.js';
import { openEventStream } from '../../sse.js';

export interface RunStreamRequest extends RunStreamOptions {
  /** Only what comes after this number is sent. */
  readonly startingAfter: number;
  readonly includePings: boolean;
}

export interface RunStreamDeps {
  readonly events: RunEventLog;
  /** How long a stream may be silent before a ping, in ms. */
  readonly keepaliveMs: number;
}

/** Writes a run's events to the client up to the end. True = the client got all of it. */
export async function streamRun(
  { events, keepaliveMs }: RunStreamDeps,
  request: RunStreamRequest,
  context: RequestContext,
): Promise<boolean> {
  const stream = openEventStream(context.response);
  let lastSeq = request.startingAfter;
  const ping = (): Promise<void> => stream.send({ ...pingFields(request.runId, lastSeq === 0 ? null : lastSeq) });
  if (request.includePings) await ping();
  const present = createRunStreamPresenter(request);
  // From the first event on, for what is shown may depend on what came before.
  for await (const event of withKeepalive(events.follow(request.runId, 0, context.signal), keepaliveMs)) {
    if (event === 'silence') {
      if (request.includePings) await ping();
      continue;
    }
    for (const item of present(event)) {
      if (item.seq <= request.startingAfter && event.kind !== 'end') continue;
      lastSeq = item.seq;
      await stream.send(item.data, item.isError);
    }
    if (event.kind === 'end') {
      await stream.end();
      return !context.signal.aborted;
    }
  }
  return false;
}

function pingFields(runId: string, seq: number | null) {
  const now = new Date().toISOString();
  return { ...commonFields(`ping-${randomUUID()}`, wireDate(now)), message_type: 'ping', run_id: runId, seq_id: seq };
}

/** The events, and a word whenever none has come for a while. */
async function* withKeepalive(
  events: AsyncGenerator<RunEvent, void, void>,
  silenceMs: number,
): AsyncGenerator<RunEvent | 'silence', void, void> {
  let next = events.next();
  for (;;) {
    const silence = Symbol('silence');
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<typeof silence>(resolve => {
      timer = setTimeout(() => resolve(silence), silenceMs);
    });
    const result = await Promise.race([next, waited]);
    clearTimeout(timer);
    if (typeof result === 'symbol') {
      yield 'silence';
      continue;
    }
    if (result.done === true) return;
    yield result.value;
    next = events.next();
  }
}
