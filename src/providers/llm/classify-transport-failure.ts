import { ModelError } from '../../domain/model/model-error.js';
import { redactSecrets } from './redact-secrets.js';

/** A failure below HTTP (refused, reset, cut stream) or in the stream's text → a retryable ModelError. */
export function classifyTransportFailure(error: unknown, provider: string, secrets: readonly string[]): ModelError {
  if (error instanceof SyntaxError)
    return new ModelError({ kind: 'llm_invalid_response', message: `${provider}: the stream held malformed JSON`, retryable: true });
  const codes = causeChain(error).map(link => link.code ?? link.message);
  const text = redactSecrets(codes.filter(part => part !== '').join(': '), secrets);
  const timedOut = causeChain(error).some(link => TIMEOUT_CODES.has(link.code ?? '') || link.name === 'TimeoutError');
  return timedOut
    ? new ModelError({ kind: 'llm_timeout', message: `${provider}: no answer in time (${text})`, retryable: true })
    : new ModelError({ kind: 'llm_connection', message: `${provider}: connection failed (${text || 'no details'})`, retryable: true });
}

/** The provider closed the stream before it said that the response is complete. */
export function truncatedStreamError(provider: string): ModelError {
  return new ModelError({
    kind: 'llm_connection',
    message: `${provider}: the stream ended before the response was complete`,
    retryable: true,
  });
}

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

interface ErrorLink {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

/** undici hides the telling error (ECONNREFUSED and so on) in `cause`. */
function causeChain(error: unknown): readonly ErrorLink[] {
  const links: ErrorLink[] = [];
  let current = error;
  while (current instanceof Error && links.length < 5) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : undefined;
    links.push({ name: current.name, message: current.message, code });
    current = current.cause;
  }
  return links;
}
