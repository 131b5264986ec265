import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { VectorStoreName } from '../../domain/vectors/vector-store.js';

export interface StoreTimeouts {
  readonly searchMs: number;
  readonly writeMs: number;
}

export interface StoreAccess {
  readonly name: VectorStoreName;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** Never shown in an error. */
  readonly secrets: readonly string[];
}

/** One request to a store, within its limit of time: the clients have none of their own for a server that accepts and says nothing. */
export async function askStore<Answer>(
  { name, timeoutMs, secrets }: StoreAccess,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    return await Promise.race([work(limit), endOf(limit)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw new VectorStoreAway(name, timeout.aborted ? `no answer within ${timeoutMs} ms` : redacted(error, secrets));
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function redacted(error: unknown, secrets: readonly string[]): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return secrets
    .filter(secret => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
    .slice(0, 500);
}
