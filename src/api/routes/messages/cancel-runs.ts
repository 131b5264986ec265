import { RequestError } from '../../../domain/errors.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunFilter } from '../../../repositories/run-filter.js';
import type { RunListRepository } from '../../../repositories/run-list.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';

export interface CancelRunsDeps {
  readonly runs: RunListRepository;
  readonly submitter: RunSubmitter;
}

/** Cancels the runs that are named, or all of `scope` that have not ended. `noun` names the scope in V1's 409. */
export async function cancelRuns(
  { runs, submitter }: CancelRunsDeps,
  scope: Pick<RunFilter, 'organizationId' | 'agentIds' | 'conversationId'>,
  ids: readonly string[] | null,
  noun: string,
): Promise<Record<string, string>> {
  const filter = { ...scope, ...(ids === null ? { statuses: openStatuses } : { ids }) };
  const found = await runs.list(filter, { before: null, after: null, limit: 100, ascending: false });
  if (found.length === 0) throw new RequestError('conflict', `No active runs to cancel for ${noun}`);
  const outcomes: Record<string, string> = {};
  for (const { id, agentId, conversationId } of found) {
    await submitter.cancel({ runId: id, agentId, conversationId });
    outcomes[id] = 'cancelled';
  }
  return outcomes;
}
