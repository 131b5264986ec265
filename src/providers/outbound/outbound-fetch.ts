import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { outboundAgent } from './outbound-agent.js';

export interface OutboundFetchOptions {
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
  /** Of a body; of one event in a stream of server-sent events. */
  readonly maxBytes: number;
}

/** A request that has brought no response. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';

  constructor(
    message: string,
    /** No connection stood, so nobody has got anything of it. */
    readonly nothingSent: boolean,
  ) {
    super(message);
  }
}

export type OutboundFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for addresses that somebody else has named. The address that is connected to is the one that was checked, each request has a connection of
 * its own, and a redirect is returned as it is: who follows it asks again. Takes bodies of text.
 */
export function createOutboundFetch(options: OutboundFetchOptions): OutboundFetch {
  return (address, init = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(address);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        reject(new OutboundError(`only http and https are called, not ${url.protocol}`, true));
        return;
      }
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const body = init.body === undefined || init.body === null ? null : bodyText(init.body);
      const headers = Object.fromEntries(new Headers(init.headers));
      if (init.body instanceof URLSearchParams) headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8';
      if (body !== null) headers['content-length'] = String(Buffer.byteLength(body));
      let isConnected = false;
      try {
        const request = send(url, {
          method: init.method ?? 'GET',
          headers: { 'user-agent': 'Perdura', ...headers },
          agent: outboundAgent(url.href, options.allowPrivate),
          ...(init.signal == null ? {} : { signal: init.signal }),
        });
        request.on('socket', socket => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (isConnected = true)));
        request.on('error', error => reject(init.signal?.aborted === true ? error : new OutboundError(textOf(error), !isConnected)));
        request.on('response', response => resolve(toResponse(response, options.maxBytes)));
        request.end(body ?? undefined);
      } catch (error) {
        reject(new OutboundError(textOf(error), true));
      }
    });
}

function bodyText(body: NonNullable<RequestInit['body']>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('Only text can be sent');
}

const withoutBody = [204, 205, 304];

function toResponse(message: IncomingMessage, maxBytes: number): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const single of Array.isArray(value) ? value : [value]) if (single !== undefined) headers.append(name, single);
  }
  if (withoutBody.includes(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(bodyOf(message, limitOf(maxBytes, headers)), { status, headers });
}

/** Node's own way from its streams to those of the web throws where nobody can catch it when the reader is gone in the middle of a chunk. */
function bodyOf(message: IncomingMessage, check: (chunk: Buffer) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Buffer<ArrayBuffer>>;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) {
        controller.close();
        return;
      }
      try {
        check(next.value);
      } catch (error) {
        message.destroy();
        throw error;
      }
      controller.enqueue(new Uint8Array(next.value));
    },
    cancel() {
      message.destroy();
    },
  });
}

/** Throws when more comes than may: in all, or, of a stream of events, between the ends of two events. */
function limitOf(maxBytes: number, headers: Headers): (chunk: Buffer) => void {
  const isStream = headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true;
  let size = 0;
  let endsLine = false;
  return chunk => {
    const lastEnd = isStream ? endOfLastEvent(chunk, endsLine) : -1;
    size = lastEnd < 0 ? size + chunk.length : chunk.length - lastEnd;
    endsLine = chunk.at(-1) === newline;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
  };
}

const newline = 10;

/** Events end with an empty line, which two chunks may share. */
function endOfLastEvent(chunk: Buffer, endsLine: boolean): number {
  const at = Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\n\r\n'));
  if (at >= 0) return at;
  return endsLine && (chunk[0] === newline || chunk.subarray(0, 2).toString() === '\r\n') ? 0 : -1;
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
