import type { ApprovalSettingsBody } from '../../../contract/approvals.contract.js';
import type { ApprovalSettings } from '../../../domain/approvals/approval-request.js';

/** Null = the request does not say. */
export function toApprovalSettings({
  approval_settings: body,
}: {
  readonly approval_settings?: ApprovalSettingsBody | null | undefined;
}): ApprovalSettings | null {
  if (body == null) return null;
  return { deadlineSeconds: body.deadline_seconds ?? null, onTimeout: body.on_timeout, onMessage: body.on_message };
}
