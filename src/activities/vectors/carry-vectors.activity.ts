import { ApplicationFailure, Context, log } from '@temporalio/activity';
import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { VectorIndex, VectorStoreName } from '../../domain/vectors/vector-store.js';
import type { VectorChangesRepository } from '../../repositories/vector-changes.repository.js';
import type { VectorIndexesRepository } from '../../repositories/vector-indexes.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { carryRound } from './carry-round.js';
import type { CarryOptions } from './carry-round.js';

export interface CarryVectorsDeps {
  readonly vectorIndexes: VectorIndexesRepository;
  readonly vectorChanges: VectorChangesRepository;
  /** The stores that this process knows how to reach. */
  readonly vectorStores: Readonly<Partial<Record<VectorStoreName, VectorIndex>>>;
  readonly carryOptions: CarryOptions;
  /** Aborted when the worker is to stop: it must not wait for what never ends by itself. */
  readonly stopping: AbortSignal;
}

/** After this the workflow calls again, so that its history tells that it goes on. */
const longestMs = 60_000;

export function createCarryVectors(deps: CarryVectorsDeps) {
  /**
   * Tells a store of the changes of the record, again and again, for as long as there are some or may be. Returns whether the store is told of none any more.
   * Changes are forgotten after the store has taken them, so whatever ends this in its middle, they are taken once more.
   */
  return function carryVectors({ store }: { readonly store: VectorStoreName }): Promise<{ readonly done: boolean }> {
    return withHeartbeat(() => withDatabaseFailures(() => carry(deps, store)));
  };
}

async function carry(deps: CarryVectorsDeps, store: VectorStoreName): Promise<{ readonly done: boolean }> {
  const index = deps.vectorStores[store];
  if (index === undefined)
    throw ApplicationFailure.retryable(`This worker has no address of the vector store ${store}`, 'VectorStoreUnknown');
  const { cancellationSignal: signal, info } = Context.current();
  const lease = { store, token: `${info.workflowExecution?.runId ?? ''}/${info.activityId}/${info.attempt}` };
  const until = Date.now() + longestMs;
  let failure: string | null = null;
  try {
    while (Date.now() < until && !deps.stopping.aborted) {
      signal.throwIfAborted();
      const outcome = await carryRound({ ...deps, index, lease, signal });
      if (outcome === 'done') return { done: true };
      if (outcome === 'idle') await pause(deps.carryOptions.intervalMs, AbortSignal.any([signal, deps.stopping]));
    }
    return { done: false };
  } catch (error) {
    if (!(error instanceof VectorStoreAway)) throw error;
    failure = error.message;
    log.warn('changes of vectors wait for their store', { store, error: failure });
    throw ApplicationFailure.retryable(failure, 'VectorStoreAway');
  } finally {
    await deps.vectorIndexes.release(lease, failure);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
