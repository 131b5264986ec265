import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicFrames, fromAnthropicBody } from './mock-anthropic.js';
import { chatFrames } from './mock-chat.js';
import type { MockFrames, MockReply, MockRequest, WireForm } from './mock-reply.js';
import { fromResponsesBody, responsesFrames } from './mock-responses.js';
import { writeWireAnswer } from './wire-answer.js';

export type { MockReply, MockRequest } from './mock-reply.js';
export { textOf } from './mock-reply.js';

export interface SeenRequest {
  readonly at: number;
  readonly form: WireForm;
  readonly request: MockRequest;
  readonly body: Readonly<Record<string, unknown>>;
  /** Resolves when the connection is closed, and tells whether the client left before the answer was complete. */
  readonly closed: Promise<'answered' | 'left'>;
}

export interface MockOpenAi {
  /** Root of OpenAI's API. */
  readonly url: string;
  /** Root of Anthropic's. */
  readonly anthropicUrl: string;
  readonly seen: SeenRequest[];
  /** Decides the answers from now on. */
  script: (request: MockRequest, form: WireForm) => MockReply | Promise<MockReply>;
  /** The texts of each embedding request. */
  readonly embedded: (readonly string[])[];
  /** Which texts no vector is made of, however often they are sent; it is waited for. */
  refuseEmbedding: ((text: string) => boolean | Promise<boolean>) | null;
  /** Nobody listens while `work` runs: connections are refused. */
  whileAway<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** A server with OpenAI's chat completions, Responses and embeddings and Anthropic's messages on the wire, and a script for a brain. */
export async function startMockOpenAi(script: MockOpenAi['script'] = () => ({ text: 'Hello!' })): Promise<MockOpenAi> {
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  const listen = (port: number): Promise<void> => new Promise(resolve => server.listen(port, '127.0.0.1', () => resolve()));
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const mock: MockOpenAi = {
    url: `http://127.0.0.1:${port}/v1`,
    anthropicUrl: `http://127.0.0.1:${port}`,
    seen: [],
    embedded: [],
    refuseEmbedding: null,
    script,
    async whileAway(work) {
      await close();
      try {
        return await work();
      } finally {
        await listen(port);
      }
    },
    close,
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (path.endsWith('/models')) return json(response, 200, { object: 'list', data: [{ id: 'mock-model', object: 'model' }] });
    if (path.endsWith('/count_tokens')) return json(response, 200, { input_tokens: countedByAnthropic });
    if (path.endsWith('/embeddings')) {
      mock.embedded.push(body['input'] as readonly string[]);
      const refuses = mock.refuseEmbedding;
      for (const text of [body['input']].flat()) {
        if ((await refuses?.(String(text))) === true) return json(response, 400, refusedInput);
      }
      return json(response, 200, embeddings(body));
    }
    const form: WireForm = path.endsWith('/messages') ? 'anthropic' : path.endsWith('/responses') ? 'responses' : 'chat';
    const seen: SeenRequest = { at: Date.now(), form, request: readers[form](body), body, closed: closing(response) };
    mock.seen.push(seen);
    const reply = await mock.script(seen.request, form);
    if (reply.error !== undefined) return json(response, reply.error.status, reply.error.body, reply.error.headers);
    if (reply.wire !== undefined) return writeWireAnswer(response, reply.wire);
    await stream(response, framers[form](reply), reply);
  }
  return mock;
}

const refusedInput = { error: { message: 'The input was refused.', type: 'invalid_request_error', code: null } };

/** Whatever the prompt: a number that no count of ours would give. */
export const countedByAnthropic = 123_457;

const framers: Readonly<Record<WireForm, (reply: MockReply) => MockFrames>> = {
  chat: chatFrames,
  responses: responsesFrames,
  anthropic: anthropicFrames,
};

const readers: Readonly<Record<WireForm, (body: Readonly<Record<string, unknown>>) => MockRequest>> = {
  chat: body => body as unknown as MockRequest,
  responses: body => fromResponsesBody(body as unknown as Parameters<typeof fromResponsesBody>[0]),
  anthropic: body => fromAnthropicBody(body as unknown as Parameters<typeof fromAnthropicBody>[0]),
};

function closing(response: ServerResponse): SeenRequest['closed'] {
  return new Promise(resolve => response.once('close', () => resolve(response.writableFinished ? 'answered' : 'left')));
}

async function stream(response: ServerResponse, frames: MockFrames, reply: MockReply): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  for (const frame of frames.opening) response.write(frame);
  for (const piece of frames.pieces.slice(0, reply.holdAfter)) {
    if (response.destroyed) return;
    response.write(piece);
    if (reply.pieceDelayMs !== undefined) await new Promise(resolve => setTimeout(resolve, reply.pieceDelayMs));
  }
  if (reply.holdAfter !== undefined) return;
  response.end(frames.closing.join(''));
}

function embeddings(body: Readonly<Record<string, unknown>>) {
  const input = Array.isArray(body['input']) ? body['input'] : [body['input']];
  return {
    object: 'list',
    model: 'mock',
    data: input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(String(text)) })),
  };
}

/** Texts that share words are near each other. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(1536).fill(0.001);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    let hash = 7;
    for (const char of word) hash = (hash * 31 + char.charCodeAt(0)) % 1536;
    vector[hash] = (vector[hash] ?? 0) + 1;
  }
  return vector;
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

function json(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
