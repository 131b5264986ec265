/** Work that several wait for at once, and that goes on when they give up: who asks again joins it. Its owner ends it. */
export interface Installations {
  /** Begins `work` unless it is under way, and waits for its end or for the caller's own. */
  join(key: string, signal: AbortSignal, work: (whole: AbortSignal) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A call has less time than its packages may take; its next try finds them, or that they could not be installed. */
export function createInstallations(): Installations {
  const running = new Map<string, Promise<void>>();
  const whole = new AbortController();
  return {
    async join(key, signal, work) {
      const shared = running.get(key) ?? work(whole.signal).finally(() => running.delete(key));
      running.set(key, shared);
      // Everybody who waits may have gone.
      shared.catch(() => undefined);
      let giveUp: () => void = () => undefined;
      const gone = new Promise<void>(resolve => {
        giveUp = resolve;
        signal.addEventListener('abort', giveUp, { once: true });
      });
      try {
        await Promise.race([shared, gone]);
        signal.throwIfAborted();
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    async close() {
      whole.abort(new Error('the server ends'));
      await Promise.allSettled(running.values());
    },
  };
}
