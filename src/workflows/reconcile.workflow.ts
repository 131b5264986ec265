import { workflowInfo } from '@temporalio/workflow';
import { approvalActivities, reconcileActivities } from './activity-proxies.js';
import { eachByItself } from './each-by-itself.js';

/** Events after which what is too old is left to the next tick. */
const longestHistory = 10_000;

/** Each looks after one page, and returns where the next one begins. */
const pages = [
  reconcileActivities.reconcileConversations,
  reconcileActivities.reconcileCallbacks,
  reconcileActivities.reconcileGenerations,
  reconcileActivities.reconcileTrials,
  reconcileActivities.reconcileJobs,
  reconcileActivities.reconcileEvents,
  reconcileActivities.reconcileFiles,
  reconcileActivities.reconcileCompensations,
];

/**
 * Repeats what a crash has cut off: wakes the conversations whose open runs nobody holds, and settles the runs whose execution was ended by force
 * and the approval requests whose timer was. Starts the callbacks, generations, calls of tools, jobs and files that nobody has, and who tells vector stores of changes, and sweeps
 * what is too old. None of it waits for what another part cannot do.
 */
export async function reconcile(): Promise<void> {
  await eachByItself([
    ...pages.map(reconcilePage => async () => {
      for (let after: string | null = ''; after !== null;) {
        after = await reconcilePage({ after });
      }
    }),
    () => approvalActivities.settleOverdueApproval({ requestId: null }),
    reconcileActivities.reconcileVectors,
    async () => {
      for (let more = true; more && workflowInfo().historyLength < longestHistory;) {
        more = await reconcileActivities.deleteOldRows();
      }
    },
  ]);
}
