import type { RunEvent } from '../domain/runs/run-event.js';
import type { RunEventsRepository, StoredDelta } from '../repositories/run-events.repository.js';
import type { RunNotifier } from './run-notifier.js';

/** How long a reader waits for a wake-up before it looks by itself, in ms: a wake-up may be lost when a process dies after its commit. */
const pollIntervalMs = 1000;

export interface RunEventLog {
  /** False when the attempt has been fenced off. */
  appendDeltas(runId: string, attempt: number, deltas: readonly StoredDelta[]): Promise<boolean>;
  /** To be called after events were committed by another repository. */
  announce(runId: string, ended: boolean): void;
  /** The committed events after `seq`, in order, as they come, up to the terminal one. Ends early when `signal` aborts. */
  follow(runId: string, seq: number, signal: AbortSignal): AsyncGenerator<RunEvent, void, void>;
  /** The run's messages and its terminal event, once it has ended. Null when `signal` aborts before. */
  waitForEnd(runId: string, signal: AbortSignal): Promise<RunEvent[] | null>;
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

    async *follow(runId, seq, signal) {
      const bell = createBell(notifier, runId, signal, () => true);
      try {
        let last = seq;
        while (!signal.aborted) {
          const events = await repository.readAfter(runId, last);
          for (const event of events) {
            yield event;
            if (event.kind === 'end') return;
            last = event.seq;
          }
          if (events.length === 0) await bell.wait();
        }
      } finally {
        bell.close();
      }
    },

    async waitForEnd(runId, signal) {
      const bell = createBell(notifier, runId, signal, ended => ended);
      try {
        while (!signal.aborted) {
          await bell.wait();
          const events = await repository.readMessages(runId);
          if (events.at(-1)?.kind === 'end') return events;
        }
        return null;
      } finally {
        bell.close();
      }
    },
  };
}

/** Remembers a ring until somebody waits for it, so that none between two reads is missed. */
function createBell(
  notifier: RunNotifier,
  runId: string,
  signal: AbortSignal,
  counts: (ended: boolean) => boolean,
): { wait(): Promise<void>; close(): void } {
  let rung = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const unsubscribe = notifier.subscribe(runId, ended => {
    if (counts(ended)) ring();
  });
  signal.addEventListener('abort', ring);
  return {
    async wait() {
      if (!rung && !signal.aborted) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, pollIntervalMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      rung = false;
    },
    close() {
      unsubscribe();
      signal.removeEventListener('abort', ring);
    },
  };
}
