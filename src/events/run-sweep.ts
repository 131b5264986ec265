import type { RunState } from '../repositories/run-events.repository.js';
import type { RunListener } from './run-notifier.js';

/** How often it is looked for what no wake-up told, in ms. */
const sweepIntervalMs = 1000;

export interface RunSweepOptions {
  /** The runs that have readers. */
  readonly watched: () => readonly string[];
  readonly readStates: (runIds: readonly string[]) => Promise<ReadonlyMap<string, RunState>>;
  readonly tell: (runId: string, ...news: Parameters<RunListener>) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Makes up for wake-ups that got lost: looks at all runs that have readers, in one statement however many they are, and tells what has changed since
 * the last look. That a run has ended or is gone is told each time, for a reader may have come in between.
 */
export function sweepRuns(options: RunSweepOptions): { close(): Promise<void> } {
  let known: ReadonlyMap<string, RunState> = new Map();
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const runIds = options.watched();
    if (runIds.length === 0) return;
    const states = await options.readStates(runIds);
    for (const runId of runIds) {
      const state = states.get(runId);
      if (state === undefined) options.tell(runId, 'gone');
      else if (state.ended) options.tell(runId, 'ended');
      else if (state.lastSeq !== known.get(runId)?.lastSeq) options.tell(runId, 'more');
    }
    known = states;
  };
  const timer = setInterval(() => {
    looking ??= look()
      .catch(options.onError)
      .finally(() => {
        looking = null;
      });
  }, sweepIntervalMs);

  return {
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}
