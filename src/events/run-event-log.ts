import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent } from '../domain/runs/run-event.js';
import type { RunEventsRepository, StoredDelta } from '../repositories/run-events.repository.js';
import { isTransientDatabaseError } from '../repositories/transient-database-error.js';
import { createBell } from './bell.js';
import type { RunNotifier } from './run-notifier.js';

/** How long a reader leaves a database that is away alone, in ms. */
const retryMs = 500;

export interface FollowOptions {
  /** Only events after this number. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** After so many ms without an event comes the word `silence`, and again after as many more. */
  readonly silenceMs: number;
}

export interface RunEventLog {
  /** False when the attempt has been fenced off. */
  appendDeltas(runId: string, attempt: number, deltas: readonly StoredDelta[]): Promise<boolean>;
  /** To be called after events were committed by another repository. */
  announce(runId: string, ended: boolean): void;
  /** The same for events that others follow at once, which are announced to everybody: tells only readers in this process. */
  announceHere(runId: string): void;
  /**
   * The committed events, in order, as they come, up to the terminal one. Goes on when the database was away. Ends early when `signal` aborts or the
   * run was deleted. Reads no further than its reader has come.
   */
  follow(runId: string, options: FollowOptions): AsyncGenerator<RunEvent | 'silence', void, void>;
  /** The events after `seq` that are there now. */
  readAfter(runId: string, seq: number): AsyncGenerator<RunEvent, void, void>;
  /** The run's messages and its terminal event, once it has ended. Null when `signal` aborts before or the run was deleted. */
  waitForEnd(runId: string, signal: AbortSignal): Promise<RunEvent[] | null>;
  /** How many readers follow or wait in this process. */
  readerCount(): number;
}

export interface RunEventLogDeps {
  readonly repository: RunEventsRepository;
  readonly notifier: RunNotifier;
}

/** The log of all runs: written by workers, read by any API process, whether it streams or waits. */
export function createRunEventLog({ repository, notifier }: RunEventLogDeps): RunEventLog {
  return {
    async appendDeltas(runId, attempt, deltas) {
      const appended = await repository.appendDeltas(runId, attempt, deltas);
      if (appended) notifier.announce(runId, false);
      return appended;
    },

    announce: (runId, ended) => notifier.announce(runId, ended),

    announceHere: runId => notifier.announceHere(runId),

    follow: (runId, options) => follow({ repository, notifier }, runId, options),

    async *readAfter(runId, seq) {
      for (let last = seq; ;) {
        const events = await repository.readAfter(runId, last);
        yield* events;
        const end = events.at(-1);
        if (end === undefined || end.kind === 'end') return;
        last = end.seq;
      }
    },

    async waitForEnd(runId, signal) {
      const bell = createBell(notifier, runId, signal, news => news !== 'more');
      try {
        while (!signal.aborted) {
          if ((await bell.wait(null)) === 'gone') return null;
          const events = await unlessAway(() => repository.readMessages(runId));
          if (events?.at(-1)?.kind === 'end') return events;
          // The word that the run has ended comes again.
        }
        return null;
      } finally {
        bell.close();
      }
    },

    readerCount: () => notifier.listenerCount(),
  };
}

async function* follow(
  { repository, notifier }: RunEventLogDeps,
  runId: string,
  { after, signal, silenceMs }: FollowOptions,
): AsyncGenerator<RunEvent | 'silence', void, void> {
  const bell = createBell(notifier, runId, signal, () => true);
  let last = after;
  let quietSince = Date.now();
  try {
    while (!signal.aborted) {
      const events = await unlessAway(() => repository.readAfter(runId, last));
      for (const event of events ?? []) {
        yield event;
        if (event.kind === 'end') return;
        last = event.seq;
      }
      if (events !== null && events.length > 0) {
        quietSince = Date.now();
        continue;
      }
      if (events === null) await pause(retryMs);
      else if ((await bell.wait(quietSince + silenceMs - Date.now())) === 'gone') return;
      if (signal.aborted || Date.now() < quietSince + silenceMs) continue;
      yield 'silence';
      quietSince = Date.now();
    }
  } finally {
    bell.close();
  }
}

/** Null while the database is away: a reader outlives its restart. */
async function unlessAway<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read();
  } catch (error) {
    if (isTransientDatabaseError(error)) return null;
    throw error;
  }
}
