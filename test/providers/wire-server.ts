import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeWireAnswer } from '../support/wire-answer.js';
import type { WireAnswer } from '../support/wire-answer.js';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface WireServer {
  readonly url: string;
  readonly requests: WireRequest[];
  answer: (request: WireRequest) => WireAnswer;
  /** Resolves when the client has closed the connection of an answer that hangs. */
  readonly clientLeft: Promise<void>;
  close(): Promise<void>;
}

/** An HTTP server that says exactly what a test wants said, so that the real SDKs can be tried on it. */
export async function startWireServer(): Promise<WireServer> {
  let left = (): void => undefined;
  const wire = {
    url: '',
    requests: new Array<WireRequest>(),
    answer: (): WireAnswer => ({ status: 500, body: 'no answer set' }),
    clientLeft: new Promise<void>(resolve => (left = resolve)),
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  } satisfies WireServer as { -readonly [Key in keyof WireServer]: WireServer[Key] };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body: unknown = text === '' ? {} : JSON.parse(text);
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: body as WireRequest['body'] };
      wire.requests.push(seen);
      const answer = wire.answer(seen);
      if (answer.then === 'hang' || answer.then === 'silence') response.on('close', left);
      writeWireAnswer(response, answer);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return wire;
}

/** Events of OpenAI's chat completions: data alone, and an end mark. */
export function chatStream(...chunks: readonly unknown[]): string {
  return `${chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
}

/** Events with their type as name, as OpenAI's Responses and Anthropic send them. */
export function namedStream(...events: readonly { readonly type: string }[]): string {
  return events.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
