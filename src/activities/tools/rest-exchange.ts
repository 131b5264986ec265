import { setTimeout as pause } from 'node:timers/promises';
import type { BuiltRequest } from '../../domain/rest/build-request.js';
import type { RestAuth } from '../../domain/rest/rest-definition.js';
import { authorize } from '../../providers/rest/authorize.js';
import { callServer } from '../../providers/rest/call-server.js';
import type { CallLimits, ServerAnswer } from '../../providers/rest/call-server.js';
import type { TokenCache } from '../../providers/rest/client-credentials.js';

export interface ExchangeDeps {
  readonly tokens: TokenCache;
  readonly limits: CallLimits;
}

export interface Exchange {
  readonly request: BuiltRequest;
  /** With the secrets themselves. */
  readonly auth: RestAuth | null;
  /** Whether the server may have acted on a request that it has put off. */
  readonly isRepeatable: boolean;
  /** When the call has to have ended, in ms since 1970. */
  readonly deadline: number;
}

export interface Exchanged {
  readonly answer: ServerAnswer;
  /** What must not be shown of it. */
  readonly secrets: readonly string[];
}

/** How often a server may put off one request. */
const mostPauses = 5;

/**
 * Sends a request and waits for as long as the server asks to (Retry-After), if that ends in time. A token that is not taken any more is replaced once. What
 * is sent again is only what the server has said it has not done.
 */
export async function exchange(
  { tokens, limits }: ExchangeDeps,
  { request, auth, isRepeatable, deadline }: Exchange,
  signal: AbortSignal,
): Promise<Exchanged> {
  const seen = new Set<string>();
  let hasNewToken = false;
  for (let pauses = 0; ;) {
    const { call, secrets, token } = await authorize(request, auth, tokens, signal);
    for (const secret of secrets) seen.add(secret);
    const answer = await callServer(call, limits, signal);
    if (answer.status === 401 && token !== null && auth?.type === 'oauth2_client_credentials' && !hasNewToken) {
      hasNewToken = true;
      tokens.forget(auth, token);
      continue;
    }
    const waitMs = isPutOff(answer, isRepeatable) ? retryAfterMs(answer.retryAfter, Date.now()) : null;
    if (waitMs === null || pauses === mostPauses || Date.now() + waitMs >= deadline) return { answer, secrets: [...seen] };
    pauses += 1;
    await pause(waitMs, undefined, { signal });
  }
}

/** 429 says that nothing was done; 503 only mostly does. */
function isPutOff({ status }: ServerAnswer, isRepeatable: boolean): boolean {
  return status === 429 || (status === 503 && isRepeatable);
}

/** In seconds or as a date; null = the server does not say. */
function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
