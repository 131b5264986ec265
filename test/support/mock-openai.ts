import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted model answers. */
export interface MockReply {
  readonly text?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly id?: string }[];
  /** Pause between the pieces, in ms. */
  readonly pieceDelayMs?: number;
  /** What the provider counts; null = 10 tokens of prompt and 5 of answer. */
  readonly usage?: Readonly<Record<string, unknown>>;
  /** Why the answer ends, where that is not plain. */
  readonly finish?: string;
  /** An HTTP error instead of an answer. */
  readonly error?: { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
}

export interface MockMessage {
  readonly role: string;
  readonly content: string | null | readonly { readonly text?: string }[];
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

export interface MockRequest {
  readonly messages: readonly MockMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly model: string;
  readonly max_tokens?: number;
}

export interface SeenRequest {
  readonly at: number;
  readonly request: MockRequest;
}

export interface MockOpenAi {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Decides the answers from now on. */
  script: (request: MockRequest) => MockReply | Promise<MockReply>;
  close(): Promise<void>;
}

/** A server with OpenAI's chat completions and embeddings on the wire, and a script for a brain. */
export async function startMockOpenAi(script: MockOpenAi['script'] = () => ({ text: 'Hello!' })): Promise<MockOpenAi> {
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  const mock: { -readonly [Key in keyof MockOpenAi]: MockOpenAi[Key] } = {
    url: '',
    seen: [],
    script,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const path = request.url ?? '';
    if (path.endsWith('/models')) return json(response, 200, { object: 'list', data: [{ id: 'mock-model', object: 'model' }] });
    if (path.endsWith('/embeddings')) return json(response, 200, embeddings(body));
    const parsed = body as unknown as MockRequest;
    mock.seen.push({ at: Date.now(), request: parsed });
    const reply = await mock.script(parsed);
    if (reply.error !== undefined) return json(response, reply.error.status, reply.error.body, reply.error.headers);
    await stream(response, reply);
  }

  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  mock.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return mock;
}

async function stream(response: ServerResponse, reply: MockReply): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: unknown, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'mock', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const pieces = [...(reply.text ?? '').split(/(?<=\s)/).filter(word => word !== '')].map(content => chunk({ content }));
  for (const [index, call] of (reply.toolCalls ?? []).entries()) {
    const id = call.id ?? `call_${index}_${Math.random().toString(36).slice(2, 10)}`;
    pieces.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] }));
    pieces.push(chunk({ tool_calls: [{ index, function: { arguments: JSON.stringify(call.args) } }] }));
  }
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    if (reply.pieceDelayMs !== undefined) await new Promise(resolve => setTimeout(resolve, reply.pieceDelayMs));
  }
  response.write(chunk({}, reply.finish ?? (reply.toolCalls === undefined ? 'stop' : 'tool_calls')));
  const usage = reply.usage ?? { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  response.end(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'mock', choices: [], usage })}\n\ndata: [DONE]\n\n`,
  );
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

/** The text of a message, whatever its form. */
export function textOf(message: MockMessage | undefined): string {
  const content = message?.content;
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : content.map(part => part.text ?? '').join('');
}
