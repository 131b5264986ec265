/** A tool went on after it was told to end. */
export class ToolLeaked extends Error {
  override readonly name = 'ToolLeaked';
}

/**
 * What a tool ends with, also where `signal` has told it to end: who is told of its end may rely on it that nothing of it runs any more. Rejects with
 * ToolLeaked when it goes on for longer than `graceMs` then.
 */
export async function endOfTool<Result>(running: Promise<Result>, signal: AbortSignal, graceMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const leaked = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(new ToolLeaked(`It did not end within ${graceMs / 1000} seconds after it was told to`)), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([running, leaked]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
