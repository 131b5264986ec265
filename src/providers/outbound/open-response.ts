import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { outboundAgent } from './outbound-agent.js';

export interface OutboundRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Sends one request to an address that somebody else has named, and resolves with the head of the response. Its body is the caller's to read or to destroy. */
export async function openResponse(
  { method, url, headers, body }: OutboundRequest,
  allowPrivate: boolean,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    method,
    agent: outboundAgent(url.href, allowPrivate),
    headers: {
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'Mozilla/5.0 (compatible; Perdura)',
      ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
    signal,
  });
  // Once there is a response, what goes wrong is told by it.
  request.on('error', () => undefined);
  request.end(body ?? undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

export interface ReadBody {
  readonly bytes: Buffer;
  /** There would have been more than was to be read. */
  readonly isCut: boolean;
}

/** A content encoding that nobody here knows. */
export class UnknownEncoding extends Error {
  override readonly name = 'UnknownEncoding';
}

/** Reads the beginning of a body, decompressed, and lets the rest go. */
export async function readBody(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) return;
    }
  };
  const decoder = decoderOf(response);
  try {
    if (decoder === null) await take(response);
    else await pipeline(response, decoder, take, { signal });
  } catch (error) {
    // A pipeline whose end is not wanted fails.
    if (size <= maxBytes) throw error;
  } finally {
    response.destroy();
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: size > maxBytes };
}

function decoderOf({ headers }: IncomingMessage): Transform | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'br') return createBrotliDecompress();
  if (encoding === 'gzip' || encoding === 'x-gzip' || encoding === 'deflate') return createUnzip();
  throw new UnknownEncoding(`its content encoding '${encoding}' is not known`);
}

export interface ContentType {
  /** In lower case, without parameters. */
  readonly contentType: string;
  /** That the header names. */
  readonly charset: string | null;
}

export function contentTypeOf({ headers }: IncomingMessage): ContentType {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map(part => part.trim());
  const charset = parameters.map(part => /^charset="?([^"]+)"?$/i.exec(part)?.[1]).find(value => value !== undefined) ?? null;
  return { contentType: type.toLowerCase(), charset };
}

export function redirectOf({ statusCode, headers }: IncomingMessage): string | null {
  return [301, 302, 303, 307, 308].includes(statusCode ?? 0) ? (headers.location ?? null) : null;
}
