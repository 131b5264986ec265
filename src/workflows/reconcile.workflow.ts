import { approvalActivities, reconcileActivities } from './activity-proxies.js';

/** Each looks after one page, and returns where the next one begins. */
const pages = [
  reconcileActivities.reconcileConversations,
  reconcileActivities.reconcileCallbacks,
  reconcileActivities.reconcileGenerations,
  reconcileActivities.reconcileJobs,
];

/**
 * Repeats what a crash has cut off: wakes the conversations whose open runs nobody holds, and settles the runs whose execution was ended by force
 * and the approval requests whose timer was. Starts the callbacks, generations and jobs that nobody has, and who tells vector stores of changes, and sweeps
 * what is too old.
 */
export async function reconcile(): Promise<void> {
  for (const reconcilePage of pages) {
    for (let after: string | null = ''; after !== null;) {
      after = await reconcilePage({ after });
    }
  }
  await reconcileActivities.reconcileVectors();
  await reconcileActivities.deleteOldRows();
  await approvalActivities.settleOverdueApproval({ requestId: null });
}
