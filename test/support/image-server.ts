import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One pixel. */
export const pngBase64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A server that images are fetched from. */
export interface ImageServer {
  readonly url: string;
  /** The paths that were asked for. */
  readonly asked: string[];
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void;
  close(): Promise<void>;
}

export async function startImageServer(): Promise<ImageServer> {
  const server = createServer((request, response) => {
    images.asked.push(request.url ?? '');
    images.answer(request.url ?? '', response, request);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const images: ImageServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer: (_path, response) => sendImage(response),
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return images;
}

export function sendImage(response: ServerResponse, type = 'image/png', bytes = Buffer.from(pngBase64, 'base64')): void {
  response.writeHead(200, { 'content-type': type }).end(bytes);
}
