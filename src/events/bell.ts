import type { RunListener, RunNotifier } from './run-notifier.js';

type News = Parameters<RunListener>[0];

export interface Bell {
  /** Waits for a ring, for at most so many ms; null = for ever. Tells what the last ring was about, null when there was none. */
  wait(maxMs: number | null): Promise<News | null>;
  close(): void;
}

/** Remembers a ring until somebody waits for it, so that none between two reads is missed. An abort of `signal` rings as well. */
export function createBell(
  notifier: Pick<RunNotifier, 'subscribe'>,
  runId: string,
  signal: AbortSignal,
  counts: (news: News) => boolean,
): Bell {
  let rung: News | null = null;
  let wake: (() => void) | null = null;
  const ring = (news: News): void => {
    rung = news;
    wake?.();
  };
  const onAbort = (): void => ring('more');
  const unsubscribe = notifier.subscribe(runId, news => {
    if (counts(news)) ring(news);
  });
  signal.addEventListener('abort', onAbort);
  return {
    async wait(maxMs) {
      if (rung === null && !signal.aborted && (maxMs === null || maxMs > 0)) {
        await new Promise<void>(resolve => {
          const timer = maxMs === null ? null : setTimeout(resolve, maxMs);
          wake = () => {
            if (timer !== null) clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      const news = rung;
      rung = null;
      return news;
    },
    close() {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
