import type { Response } from 'express';

export interface EventStream {
  /** One event of one line of JSON. Waits while the client is slow to read. */
  send(data: Readonly<Record<string, unknown>>, isError?: boolean): Promise<void>;
  /** The mark that nothing follows. Resolves when it has been handed to the network. */
  end(): Promise<void>;
}

/** Starts a stream of server-sent events. Proxies are told not to hold it back. */
export function openEventStream(response: Response): EventStream {
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
      const go = (): void => {
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
    async end() {
      await write('data: [DONE]\n\n');
      if (!response.destroyed) await new Promise<void>(resolve => response.end(resolve));
    },
  };
}
