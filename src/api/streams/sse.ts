import type { Response } from 'express';

export interface EventStream {
  /** One event of one line of JSON. Waits while the client is slow to read. */
  send(data: Readonly<Record<string, unknown>>, isError?: boolean): Promise<void>;
  /** What clients do not see, but proxies take for a sign of life. */
  comment(text: string): Promise<void>;
  /** Ends the answer, with the mark that nothing follows when it is complete. Resolves when all has been handed to the network. */
  end(isComplete: boolean): Promise<void>;
}

/**
 * Starts a stream of server-sent events. Proxies are told not to hold it back. A client that does not read for `stallMs` is let go: it can come back
 * for the rest.
 */
export function openEventStream(response: Response, stallMs: number): EventStream {
  response.status(200).set({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  const write = async (text: string): Promise<void> => {
    if (response.destroyed || response.write(text)) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => response.destroy(), stallMs);
      const go = (): void => {
        clearTimeout(timer);
        response.off('drain', go);
        response.off('close', go);
        resolve();
      };
      response.on('drain', go);
      response.on('close', go);
    });
  };
  return {
    send: (data, isError = false) => write(`${isError ? 'event: error\n' : ''}data: ${JSON.stringify(data)}\n\n`),
    comment: text => write(`: ${text}\n\n`),
    async end(isComplete) {
      if (isComplete) await write('data: [DONE]\n\n');
      if (!response.destroyed) await new Promise<void>(resolve => response.end(resolve));
    },
  };
}
