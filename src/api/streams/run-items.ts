import { randomUUID } from 'node:crypto';
import type { RunEvent } from '../../domain/runs/run-event.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import { createRunStreamPresenter, presentIncomplete } from '../presenters/run-stream.js';
import type { RunStreamOptions, StreamItem } from '../presenters/run-stream.js';
import { commonFields, wireDate } from '../presenters/wire-fields.js';

export interface RunStreamRequest extends RunStreamOptions {
  /** Only what comes after this number is sent. */
  readonly startingAfter: number;
  readonly includePings: boolean;
  /** False = what is there now, without waiting for the rest. */
  readonly follow: boolean;
}

export interface RunStreamDeps {
  readonly events: RunEventLog;
  /** How long a stream may be silent before a ping, in ms. */
  readonly keepaliveMs: number;
}

/**
 * What one client sees of a run, up to the run's end: the one way in which runs are streamed, whatever carries the items. Nothing is read ahead: the
 * log is asked for more when the client has taken what it got. Resolves with whether the end of the run was among it.
 */
export async function* runItems(
  { events, keepaliveMs }: RunStreamDeps,
  request: RunStreamRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamItem, boolean, void> {
  const { runId, startingAfter } = request;
  let lastSeq = startingAfter;
  if (request.includePings) yield pingItem(runId, lastSeq);
  const present = createRunStreamPresenter(request);
  // From the first event on, for what is shown may depend on what came before.
  const log: AsyncIterable<RunEvent | 'silence'> = request.follow
    ? events.follow(runId, { after: 0, signal, silenceMs: keepaliveMs })
    : events.readAfter(runId, 0);
  for await (const event of log) {
    if (event === 'silence') {
      if (request.includePings) yield pingItem(runId, lastSeq);
      continue;
    }
    for (const item of present(event)) {
      if (item.seq <= startingAfter && event.kind !== 'end') continue;
      lastSeq = item.seq;
      yield item;
    }
    if (event.kind === 'end') return true;
  }
  if (!request.follow || signal.aborted) return false;
  yield* presentIncomplete(runId, lastSeq);
  return true;
}

/** It carries the number up to which the client has seen everything. */
function pingItem(runId: string, lastSeq: number): StreamItem {
  const fields = commonFields(`ping-${randomUUID()}`, wireDate(new Date().toISOString()));
  const data = { ...fields, message_type: 'ping', run_id: runId, seq_id: lastSeq === 0 ? null : lastSeq };
  return { seq: lastSeq, isError: false, data };
}
