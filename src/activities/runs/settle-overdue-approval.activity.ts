import { answerRun } from '../../domain/approvals/answer-run.js';
import { denialReasons, denyAll } from '../../domain/approvals/approval-request.js';
import type { AskedCall, RunAnswer } from '../../domain/approvals/approval-request.js';
import type { CallAnswer } from '../../domain/messages/content.js';
import type { ApprovalsRepository } from '../../repositories/approvals.repository.js';
import { deriveId } from '../../repositories/derived-ids.js';
import type { RunAcceptRepository } from '../../repositories/run-accept.repository.js';
import type { ConversationClient } from '../../temporal/conversation-client.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface SettleOverdueApprovalDeps {
  readonly approvals: ApprovalsRepository;
  readonly accepts: RunAcceptRepository;
  readonly conversations: ConversationClient;
}

export function createSettleOverdueApproval(deps: SettleOverdueApprovalDeps) {
  /** Does at the deadline of a request what its agent wants to be done. `null` = all requests whose timer should have done it. */
  return function settleOverdueApproval({ requestId }: { readonly requestId: string | null }): Promise<void> {
    return withDatabaseFailures(async () => {
      for (const id of requestId === null ? await deps.approvals.overdue() : [requestId]) await settle(deps, id);
    });
  };
}

async function settle({ approvals, accepts, conversations }: SettleOverdueApprovalDeps, id: string): Promise<void> {
  const request = await approvals.askingRun(id);
  if (request === null) return;
  const { asked, onTimeout, ...asking } = request;
  if (onTimeout === 'fail') await approvals.fail(id);
  else await accepts.acceptRun(answerRun(asking, deriveId('run', id, 'deadline'), answerOf(id, asked, onTimeout)));
  await conversations.wake(asking);
}

function answerOf(id: string, asked: readonly AskedCall[], policy: 'deny' | 'approve'): RunAnswer {
  const answers = policy === 'deny' ? denyAll(asked, denialReasons.deadline) : asked.map(approve);
  return { answers, by: 'deadline', otid: deriveId('otid', id, 'deadline').slice('otid-'.length) };
}

/** A tool of the client's own cannot be run without it. */
function approve({ kind, toolCallId }: AskedCall): CallAnswer {
  return kind === 'approval'
    ? { type: 'approval', toolCallId, approve: true, reason: null }
    : { type: 'approval', toolCallId, approve: false, reason: denialReasons.deadline };
}
