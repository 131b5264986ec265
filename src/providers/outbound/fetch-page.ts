import type { IncomingMessage } from 'node:http';
import { contentTypeOf, openResponse, readBody, redirectOf } from './open-response.js';

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

function open(url: URL, allowPrivate: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { accept: 'text/html,application/xhtml+xml;q=0.9,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.5' };
  return openResponse({ method: 'GET', url, headers, body: null }, allowPrivate, signal);
}

async function read(url: URL, response: IncomingMessage, limits: PageLimits, signal: AbortSignal): Promise<Page> {
  try {
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) throw new PageError(`the server answered with status ${status}`);
    const { contentType, charset } = contentTypeOf(response);
    if (!limits.contentTypes.includes(contentType)) {
      throw new PageError(`its content type is '${contentType}', and what is read is ${limits.contentTypes.join(', ')}`);
    }
    const { bytes, isCut } = await readBody(response, limits.maxBytes, signal);
    if (isCut) throw new PageError(`it is larger than ${limits.maxBytes} bytes`);
    return { url: url.href, contentType, charset, body: bytes };
  } finally {
    response.destroy();
  }
}
