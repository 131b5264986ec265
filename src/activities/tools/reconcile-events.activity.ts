import type { EventWaitsRepository } from '../../repositories/event-waits.repository.js';
import type { CallWaker } from '../../temporal/call-waker.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileEventsDeps {
  readonly eventWaits: Pick<EventWaitsRepository, 'listUnheard'>;
  readonly callWaker: CallWaker;
}

const pageSize = 50;

export function createReconcileEvents({ eventWaits, callWaker }: ReconcileEventsDeps) {
  /** Wakes one page of the calls whose event is there and that nobody has told of it. Returns where the next page begins, or null after the last. */
  return function reconcileEvents({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await eventWaits.listUnheard(after, pageSize);
      for (const callId of page) await attempt('a call that waits', callId, () => callWaker.wake(callId));
      return page.length < pageSize ? null : (page.at(-1) ?? null);
    });
  };
}
