import { workflowInfo } from '@temporalio/workflow';
import { retentionKinds } from '../domain/retention/retention-policy.js';
import type { RetentionKind } from '../domain/retention/retention-policy.js';
import { retentionActivities } from './activity-proxies.js';
import { eachByItself } from './each-by-itself.js';

/** Events of one execution; what is too old beyond that is deleted by the next one. */
const longestHistory = 10_000;

/** Deletes what is too old, batch by batch; what fails for one kind is no matter of the others. Gives the counts by kind. */
export async function retention(): Promise<Readonly<Partial<Record<RetentionKind, number>>>> {
  const counts: Partial<Record<RetentionKind, number>> = {};
  await eachByItself(
    retentionKinds.map(kind => async () => {
      for (let after: string | null = ''; after !== null && workflowInfo().historyLength < longestHistory;) {
        const { deleted, next } = await retentionActivities.deleteExpired({ kind, after });
        counts[kind] = (counts[kind] ?? 0) + deleted;
        after = next;
      }
    }),
  );
  return counts;
}
