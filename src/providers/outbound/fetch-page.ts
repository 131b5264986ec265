import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { outboundAgent } from './outbound-agent.js';

export interface PageLimits {
  /** Of the whole, redirects included. */
  readonly timeoutMs: number;
  /** After decompression. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** In lower case, without parameters. */
  readonly contentTypes: readonly string[];
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
}

export interface Page {
  /** Where the redirects have led. */
  readonly url: string;
  readonly contentType: string;
  /** That the header names. */
  readonly charset: string | null;
  readonly body: Buffer;
}

/** What is wrong with the page or its address, in words for whoever asked for it. */
export class PageError extends Error {
  override readonly name = 'PageError';
}

/** Fetches a page whose address somebody else has named. Each redirect is checked like the first address. Throws PageError, or when `signal` aborts. */
export async function fetchPage(address: string, limits: PageLimits, signal: AbortSignal): Promise<Page> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const whole = AbortSignal.any([signal, timeout]);
  try {
    let url = webAddress(address);
    for (let redirects = 0; ; redirects += 1) {
      const response = await open(url, limits.allowPrivate, whole);
      const location = redirectOf(response);
      if (location === null) return await read(url, response, limits, whole);
      response.destroy();
      if (redirects >= limits.maxRedirects) throw new PageError(`it redirects more than ${limits.maxRedirects} times`);
      url = webAddress(location, url.href);
    }
  } catch (error) {
    if (error instanceof PageError || signal.aborted) throw error;
    if (timeout.aborted) throw new PageError(`it did not answer in full within ${limits.timeoutMs} ms`);
    throw new PageError(error instanceof Error ? error.message || error.name : String(error));
  }
}

function webAddress(text: string, base?: string): URL {
  if (!URL.canParse(text, base)) throw new PageError(`'${text}' is no URL`);
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new PageError(`only http and https are fetched, not ${url.protocol}`);
  return url;
}

async function open(url: URL, allowPrivate: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    agent: outboundAgent(url.href, allowPrivate),
    headers: {
      accept: 'text/html,application/xhtml+xml;q=0.9,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.5',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'Mozilla/5.0 (compatible; Perdura)',
    },
    signal,
  });
  // Once there is a response, what goes wrong is told by it.
  request.on('error', () => undefined);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

function redirectOf({ statusCode, headers }: IncomingMessage): string | null {
  return [301, 302, 303, 307, 308].includes(statusCode ?? 0) ? (headers.location ?? null) : null;
}

async function read(url: URL, response: IncomingMessage, limits: PageLimits, signal: AbortSignal): Promise<Page> {
  try {
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) throw new PageError(`the server answered with status ${status}`);
    const [type = '', ...parameters] = (response.headers['content-type'] ?? '').split(';').map(part => part.trim());
    const contentType = type.toLowerCase();
    if (!limits.contentTypes.includes(contentType)) {
      throw new PageError(`its content type is '${contentType}', and what is read is ${limits.contentTypes.join(', ')}`);
    }
    const charset = parameters.map(part => /^charset="?([^"]+)"?$/i.exec(part)?.[1]).find(value => value !== undefined) ?? null;
    return { url: url.href, contentType, charset, body: await collect(response, limits.maxBytes, signal) };
  } finally {
    response.destroy();
  }
}

async function collect(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new PageError(`it is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  };
  const decoder = decoderOf(response);
  if (decoder === null) await take(response);
  else await pipeline(response, decoder, take, { signal });
  return Buffer.concat(chunks);
}

function decoderOf({ headers }: IncomingMessage): Transform | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'br') return createBrotliDecompress();
  if (encoding === 'gzip' || encoding === 'x-gzip' || encoding === 'deflate') return createUnzip();
  throw new PageError(`its content encoding '${encoding}' is not known`);
}
