import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { StoreFailure, VectorStoreName } from '../../domain/vectors/vector-store.js';

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

/** An adapter throws it for a failure that it can tell from others. */
export class StoreRefusal extends Error {
  constructor(
    readonly failure: StoreFailure,
    reason: string,
  ) {
    super(reason);
  }
}

/** Requests to a store that are under way at once, where one piece of work takes many. */
const requestsAtOnce = 16;

/** Work that takes many requests, some at once. None is under way any more when it fails. */
export async function askForEach<Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += requestsAtOnce) {
    const settled = await Promise.allSettled(items.slice(from, from + requestsAtOnce).map(ask));
    const failures = settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
    // What is refused can be told from the rest only when nothing else is the matter.
    if (failures.length > 0) throw failures.find(failure => !(failure instanceof StoreRefusal)) ?? failures[0];
    answers.push(...settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])));
  }
  return answers;
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
    if (timeout.aborted) throw new VectorStoreAway(name, `no answer within ${timeoutMs} ms`, 'late');
    throw new VectorStoreAway(name, redacted(error, secrets), error instanceof StoreRefusal ? error.failure : 'away');
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
