import { ModelError } from '../../domain/model/model-error.js';
import { classifyProviderFailure, htmlAnswerError, statusOf } from './classify-provider-failure.js';
import type { ProviderFailure } from './classify-provider-failure.js';

interface Answer<Stream> {
  readonly data: Stream;
  readonly response: Response;
}

/**
 * The stream of an answer. Throws when something else came with a status of success: a web page, or a JSON object from a server that does not stream
 * or that reports its errors so. An SDK would read either as a stream without events.
 */
export async function assertEventStream<Stream>(
  { data, response }: Answer<Stream>,
  server: Pick<ProviderFailure, 'provider' | 'baseUrl' | 'secrets'>,
): Promise<Stream> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('text/html')) {
    await response.body?.cancel();
    throw htmlAnswerError({ ...server, status: response.status });
  }
  if (!type.includes('application/json')) return data;
  const error = errorOf(await response.text());
  if (error !== null) throw classifyProviderFailure({ ...server, headers: response.headers, ...error });
  throw new ModelError({
    kind: 'llm_invalid_response',
    message: `${server.provider} answered with a JSON object instead of a stream: the server there has to support streaming`,
    retryable: false,
    status: response.status,
  });
}

function errorOf(text: string): Pick<ProviderFailure, 'status' | 'message' | 'code'> | null {
  const error = memberOf(parse(text), 'error');
  if (error === undefined || error === null) return null;
  const words = ['code', 'type'].map(name => memberOf(error, name)).filter(word => typeof word === 'string');
  const message = typeof error === 'string' ? error : memberOf(error, 'message');
  return { status: statusOf(memberOf(error, 'code')), message: typeof message === 'string' ? message : text, code: words.join(' ') };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
