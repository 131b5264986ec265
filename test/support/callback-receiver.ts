import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCallback {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server that takes callbacks. */
export interface CallbackReceiver {
  readonly url: string;
  readonly received: ReceivedCallback[];
  /** The status of the answer, and its headers; null = no answer at all. */
  answer: (callback: ReceivedCallback) => Promise<ReceiverAnswer> | ReceiverAnswer;
  /** Resolves once so many have come. */
  waitFor(count: number): Promise<void>;
  close(): Promise<void>;
}

type ReceiverAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | null;

export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const callback = { headers: request.headers, text, body: JSON.parse(text === '' ? '{}' : text) as ReceivedCallback['body'] };
      receiver.received.push(callback);
      const answer = await receiver.answer(callback);
      if (answer !== null) response.writeHead(answer.status, answer.headers).end();
    })();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const receiver: CallbackReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    answer: () => ({ status: 200 }),
    async waitFor(count) {
      while (receiver.received.length < count) await new Promise(resolve => setTimeout(resolve, 50));
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
