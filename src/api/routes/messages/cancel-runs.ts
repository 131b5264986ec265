import { RequestError } from '../../../domain/errors.js';
import type { RunEventLog } from '../../../events/run-event-log.js';
import type { OpenRun, RunListRepository, RunScope } from '../../../repositories/run-list.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';

export interface CancelRunsDeps {
  readonly runs: RunListRepository;
  readonly submitter: RunSubmitter;
  readonly events: RunEventLog;
  /** How long the answer to a cancel waits for the end of what was running, in ms. */
  readonly cancelWaitMs: number;
}

/** Cancels the runs that are named, or all of `scope` that have not ended, and denies what they have asked for. `noun` names the scope in V1's 409. The answer says what became of each. */
export async function cancelRuns(
  deps: CancelRunsDeps,
  scope: Omit<RunScope, 'ids'>,
  ids: readonly string[] | null,
  noun: string,
): Promise<Readonly<Record<string, 'cancelled' | 'failed'>>> {
  const wanted = ids === null || ids.length === 0 ? null : ids;
  const open = await deps.runs.openRuns({ ...scope, ids: wanted ?? undefined });
  await cancelAndWait(deps, open);
  const asking = await deps.submitter.cancelApprovals({ ...scope, runIds: wanted });
  if (wanted === null) {
    const cancelled = [...open.map(({ runId }) => runId), ...asking];
    if (cancelled.length === 0) throw new RequestError('conflict', `CONFLICT: No active runs to cancel for ${noun}`);
    return Object.fromEntries(cancelled.map(runId => [runId, 'cancelled']));
  }
  // One that has ended stays as it is; to cancel it again does no harm.
  const known = await deps.runs.ids({ ...scope, ids: wanted });
  return Object.fromEntries(wanted.map(id => [id, known.includes(id) ? 'cancelled' : 'failed']));
}

/** V1's clients find a run cancelled when the answer is there; a run whose worker is away ends when there is one again. */
export async function cancelAndWait(deps: Omit<CancelRunsDeps, 'runs'>, runs: readonly OpenRun[]): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(deps.cancelWaitMs)]);
  const ends = new Map(runs.filter(run => run.isRunning).map(({ runId }) => [runId, deps.events.waitForEnd(runId, signal)]));
  try {
    const outcomes = await deps.submitter.cancel(runs);
    const requested = outcomes.filter(({ outcome }) => outcome === 'requested').map(({ runId }) => ends.get(runId));
    await Promise.all(requested.filter(end => end !== undefined));
  } finally {
    enough.abort();
    await Promise.allSettled(ends.values());
  }
}
