import { Context } from '@temporalio/activity';
import type { ToolTrialsRepository } from '../../repositories/tool-trials.repository.js';
import type { ToolTrialClient } from '../../temporal/tool-trial-client.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileTrialsDeps {
  readonly toolTrials: Pick<ToolTrialsRepository, 'listOpen'>;
  readonly toolTrialClient: Pick<ToolTrialClient, 'start'>;
}

const pageSize = 50;

export function createReconcileTrials({ toolTrials, toolTrialClient }: ReconcileTrialsDeps) {
  /** Starts one page of the open trials; those under way go on. Returns where the next page begins, or null after the last. */
  return function reconcileTrials({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await toolTrials.listOpen(after, pageSize);
      for (const trial of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a call of a tool', trial.id, () => toolTrialClient.start(trial));
      }
      return page.length < pageSize ? null : (page.at(-1)?.id ?? null);
    });
  };
}
