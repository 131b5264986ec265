import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { outboundAgent } from './outbound-agent.js';

export interface OutboundPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
}

export type OutboundAnswer = { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly reason: string };

/**
 * Posts JSON to an address that somebody else has named. The address that is connected to is the one that was checked, and redirects are not
 * followed: neither a name nor a server can lead into a private network.
 */
export function postJson({ url, body, headers, timeoutMs, allowPrivate }: OutboundPost): Promise<OutboundAnswer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise(resolve => {
    const fail = (error: unknown): void => resolve({ kind: 'failed', reason: reasonOf(error, timeoutMs) });
    try {
      const request = send(url, {
        method: 'POST',
        agent: outboundAgent(url, allowPrivate),
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        signal: AbortSignal.timeout(timeoutMs),
      });
      request.on('error', fail);
      request.on('response', response => {
        resolve({ kind: 'answered', status: response.statusCode ?? 0 });
        response.destroy();
      });
      request.end(body);
    } catch (error) {
      fail(error);
    }
  });
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return error.message || error.name;
}
