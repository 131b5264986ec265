import type { IncomingMessage } from 'node:http';
import { contentTypeOf, openResponse, readBody, redirectOf } from '../outbound/open-response.js';
import type { ContentType } from '../outbound/open-response.js';

export interface ServerCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface CallLimits {
  /** Of the response, after decompression; what comes behind is left. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
}

export interface ServerAnswer extends ContentType {
  /** Where the redirects have led. */
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly link: string | null;
  readonly retryAfter: string | null;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/** No answer has come, or none that can be used. The message names no secret. */
export class ServerCallError extends Error {
  override readonly name = 'ServerCallError';

  constructor(
    message: string,
    /** The request may have reached the server. */
    readonly mayHaveActed = false,
    /** Another try may reach it. */
    readonly isPassing = false,
  ) {
    super(message);
  }
}

/** Codes of failures before anything was sent. */
const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
/** Codes of what cannot be sent at all. */
const unsendable = ['ERR_INVALID_CHAR', 'ERR_INVALID_URL', 'ERR_UNESCAPED_CHARACTERS', 'ERR_INVALID_HTTP_TOKEN'];

/** What tells a server nothing of who calls it. */
const harmless = ['accept', 'accept-language', 'content-type'];

/**
 * Sends one request to a server that a tool names. Redirects are followed where that repeats nothing that could change something, each checked like the
 * first address; another origin gets no header that could hold a secret. Throws ServerCallError, or when `signal` aborts.
 */
export async function callServer(call: ServerCall, limits: CallLimits, signal: AbortSignal): Promise<ServerAnswer> {
  const start = new URL(call.url);
  let { method, headers, body } = call;
  let url = start;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const response = await openResponse({ method, url, headers, body }, limits.allowPrivate, signal);
      const location = redirectOf(response);
      if (location === null) return await read(url, response, limits.maxBytes, signal);
      response.destroy();
      const status = response.statusCode ?? 0;
      if (!isSafe(method) && status !== 303)
        throw new ServerCallError(`the server redirects a ${method} with status ${status}, which is not followed`);
      if (redirects >= limits.maxRedirects) throw new ServerCallError(`the server redirects more than ${limits.maxRedirects} times`);
      url = redirected(location, url);
      if (status === 303 && method !== 'HEAD') [method, body] = ['GET', null];
      if (url.origin !== start.origin)
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.includes(name.toLowerCase())));
    }
  } catch (error) {
    if (error instanceof ServerCallError || signal.aborted) throw error;
    throw toCallError(error);
  }
}

function toCallError(error: unknown): ServerCallError {
  if (!(error instanceof Error)) return new ServerCallError(String(error), true);
  const code = 'code' in error ? String(error.code) : '';
  // The message may quote an address, whose query may hold a key.
  const message = code.startsWith('ERR_') ? code : error.message || error.name;
  const isRefused = /is not allowed/.test(message) || unsendable.includes(code);
  return new ServerCallError(message, !unsent.includes(code) && !isRefused, !isRefused);
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function redirected(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw new ServerCallError('the server redirects to what is no URL');
  const url = new URL(location, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new ServerCallError(`the server redirects to ${url.protocol}`);
  return url;
}

async function read(url: URL, response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<ServerAnswer> {
  const { headers } = response;
  return {
    url: url.href,
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    link: [headers['link']].flat().join(', ') || null,
    retryAfter: headers['retry-after'] ?? null,
    ...contentTypeOf(response),
    ...(await readBody(response, maxBytes, signal)),
  };
}
