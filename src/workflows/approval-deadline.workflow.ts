import { sleep } from '@temporalio/workflow';
import { approvalActivities } from './activity-proxies.js';

export interface ApprovalDeadlineInput {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
}

/** Waits for the deadline of an approval request and then does what its agent wants to be done. A request that was answered is left alone. */
export async function approvalDeadline({ requestId, deadlineMs }: ApprovalDeadlineInput): Promise<void> {
  await sleep(Math.max(0, deadlineMs - Date.now()), { summary: 'deadline of an approval request' });
  await approvalActivities.settleOverdueApproval({ requestId });
}
