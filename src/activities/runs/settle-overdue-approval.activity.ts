import { answerRun } from '../../domain/approvals/answer-run.js';
import { denialReasons, denyAll, distinctCalls } from '../../domain/approvals/approval-request.js';
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
  const { asked, answers, onTimeout, ...asking } = request;
  if (onTimeout === 'fail') await approvals.fail(id);
  else {
    const answer = answerAtDeadline(id, { asked, answers, policy: onTimeout });
    const accepted = await accepts.acceptRun(answerRun(asking, deriveId('run', id, 'deadline'), answer));
    // The agent was terminated, say: then nothing can be carried out any more, but the calls get their returns.
    if (accepted.kind !== 'accepted' && accepted.kind !== 'attached') await approvals.giveUp(id);
  }
  await conversations.wake(asking);
}

interface OverdueRequest {
  readonly asked: readonly AskedCall[];
  /** What somebody has said of some of the calls: that stays. */
  readonly answers: readonly CallAnswer[];
  readonly policy: 'deny' | 'approve';
}

function answerAtDeadline(id: string, { asked, answers, policy }: OverdueRequest): RunAnswer {
  const open = asked.filter(call => !answers.some(answer => answer.toolCallId === call.toolCallId));
  const rest = policy === 'deny' ? denyAll(open, denialReasons.deadline) : approveAll(open);
  return { answers: [...answers, ...rest], by: 'deadline', otid: deriveId('otid', id, 'deadline').slice('otid-'.length) };
}

/** A tool of the client's own cannot be run without it. */
function approveAll(calls: readonly AskedCall[]): CallAnswer[] {
  return distinctCalls(calls).flatMap((call): CallAnswer[] =>
    call.kind === 'approval'
      ? [{ type: 'approval', toolCallId: call.toolCallId, approve: true, reason: null }]
      : denyAll([call], denialReasons.deadline),
  );
}
