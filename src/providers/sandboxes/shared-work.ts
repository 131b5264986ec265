interface UnderWay<Value> {
  readonly promise: Promise<Value>;
  readonly giveUp: AbortController;
  waiting: number;
}

export type ShareWork<Value> = (key: string, work: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal) => Promise<Value>;

/** Work that many want at once is done once, for all that wait for it, and given up when the last of them goes. Who goes last waits for its end. */
export function createSharedWork<Value>(): ShareWork<Value> {
  const underWay = new Map<string, UnderWay<Value>>();
  const begin = (key: string, work: (signal: AbortSignal) => Promise<Value>): UnderWay<Value> => {
    const giveUp = new AbortController();
    const promise = work(giveUp.signal).finally(() => {
      if (underWay.get(key) === begun) underWay.delete(key);
    });
    const begun = { promise, giveUp, waiting: 0 };
    underWay.set(key, begun);
    return begun;
  };
  return async (key, work, signal) => {
    signal.throwIfAborted();
    const shared = underWay.get(key) ?? begin(key, work);
    shared.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        shared.waiting -= 1;
        if (shared.waiting > 0) reject(abortReason(signal));
        else {
          underWay.delete(key);
          shared.giveUp.abort(signal.reason);
        }
      };
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([shared.promise, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (!signal.aborted) shared.waiting -= 1;
    }
  };
}

function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('the work was given up');
}
