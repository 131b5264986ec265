import { approvalActivities, reconcileActivities } from './activity-proxies.js';

/**
 * Repeats what a crash has cut off: wakes the conversations whose open runs nobody holds, and settles the runs whose execution was ended by force
 * and the approval requests whose timer was. Starts the callbacks and generations that nobody has, and sweeps what is too old.
 */
export async function reconcile(): Promise<void> {
  for (let after: string | null = ''; after !== null;) {
    after = await reconcileActivities.reconcileConversations({ after });
  }
  for (let after: string | null = ''; after !== null;) {
    after = await reconcileActivities.reconcileCallbacks({ after });
  }
  for (let after: string | null = ''; after !== null;) {
    after = await reconcileActivities.reconcileGenerations({ after });
  }
  await reconcileActivities.deleteOldRows();
  await approvalActivities.settleOverdueApproval({ requestId: null });
}
