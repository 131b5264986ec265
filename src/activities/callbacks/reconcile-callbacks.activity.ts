import { Context } from '@temporalio/activity';
import type { CallbacksRepository } from '../../repositories/callbacks.repository.js';
import type { CallbackStarter } from '../../temporal/callback-starter.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileCallbacksDeps {
  readonly callbacks: CallbacksRepository;
  readonly callbackStarter: CallbackStarter;
}

const pageSize = 50;

export function createReconcileCallbacks({ callbacks, callbackStarter }: ReconcileCallbacksDeps) {
  /** Starts one page of the callbacks that are due; those under way go on. Returns where the next page begins, or null after the last. */
  return function reconcileCallbacks({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await callbacks.listDue(after, pageSize);
      for (const runId of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a callback', runId, () => callbackStarter.start(runId));
      }
      return page.length < pageSize ? null : (page.at(-1) ?? null);
    });
  };
}
