import type { CompensationsRepository } from '../../repositories/compensations.repository.js';
import type { CompensationStarter } from '../../temporal/compensation-starter.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileCompensationsDeps {
  readonly compensations: Pick<CompensationsRepository, 'listDue'>;
  readonly compensationStarter: CompensationStarter;
}

const pageSize = 50;

export function createReconcileCompensations({ compensations, compensationStarter }: ReconcileCompensationsDeps) {
  /** Starts the undoing of one page of runs; what is under way goes on. Returns where the next page begins, or null after the last. */
  return function reconcileCompensations({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await compensations.listDue(after, pageSize);
      for (const runId of page) await attempt('the undoing of a run', runId, () => compensationStarter.start(runId));
      return page.length < pageSize ? null : (page.at(-1) ?? null);
    });
  };
}
