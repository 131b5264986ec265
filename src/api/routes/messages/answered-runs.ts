import type { RunLifecycleRepository } from '../../../repositories/run-lifecycle.repository.js';

export interface AnsweredRuns {
  /** To be called after the answer's end was written. */
  mark(runId: string): void;
  /** Waits for what has been marked. */
  close(): Promise<void>;
}

/** How long marks are gathered, in ms. A repeated POST that comes in between attaches to its run, which does no harm. */
const gatherMs = 200;

/** Notes which answers were written to their end: many with one statement, and none before its end. */
export function createAnsweredRuns(
  lifecycle: Pick<RunLifecycleRepository, 'markAnswered'>,
  onError: (error: unknown) => void,
): AnsweredRuns {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const flush = (): void => {
    timer = null;
    const runIds = waiting;
    waiting = [];
    if (runIds.length > 0) writing = writing.then(() => lifecycle.markAnswered(runIds)).catch(onError);
  };
  return {
    mark(runId) {
      waiting.push(runId);
      timer ??= setTimeout(flush, gatherMs);
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      flush();
      await writing;
    },
  };
}
