import { Context } from '@temporalio/activity';
import type { GenerationsRepository } from '../../repositories/generations.repository.js';
import type { GenerationClient } from '../../temporal/generation-client.js';
import { attempt } from '../attempt.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface ReconcileGenerationsDeps {
  readonly generations: Pick<GenerationsRepository, 'listOpen'>;
  readonly generationClient: Pick<GenerationClient, 'start'>;
}

const pageSize = 50;

export function createReconcileGenerations({ generations, generationClient }: ReconcileGenerationsDeps) {
  /** Starts one page of the open generations; those under way go on. Returns where the next page begins, or null after the last. */
  return function reconcileGenerations({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      const page = await generations.listOpen(after, pageSize);
      for (const generation of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a generation', generation.id, () => generationClient.start(generation));
      }
      return page.length < pageSize ? null : (page.at(-1)?.id ?? null);
    });
  };
}
