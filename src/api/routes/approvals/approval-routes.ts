import { answerApproval, listApprovals, retrieveApproval } from '../../../contract/approvals.contract.js';
import type { CallAnswer } from '../../../domain/messages/content.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { ApprovalRecord, ApprovalsRepository } from '../../../repositories/approvals.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentApproval } from '../../presenters/approval.js';
import type { ImageIntake } from '../messages/accept-image.js';
import { requireAccepted } from '../messages/send-message.js';
import { toCallAnswers } from '../messages/to-run-answer.js';
import { pageOf } from '../page.js';

export interface ApprovalRoutesDeps {
  readonly approvals: ApprovalsRepository;
  readonly submitter: RunSubmitter;
  readonly images: ImageIntake;
}

/** The inbox: what waits for an answer, in all agents, to be answered whole or call by call. */
export function approvalRoutes(deps: ApprovalRoutesDeps): MountedRoute[] {
  return [
    handleRoute(listApprovals, async ({ query }, context) => {
      const filter = {
        organizationId: context.organizationId,
        agentId: query.agent_id,
        conversationId: query.conversation_id,
        status: query.status === 'all' ? undefined : query.status,
      };
      return (await deps.approvals.list(filter, pageOf(query))).map(presentApproval);
    }),
    handleRoute(retrieveApproval, async ({ params }, context) => presentApproval(await find(deps, params.approval_id, context))),
    handleRoute(answerApproval, async ({ params, body }, context) => {
      await answer(deps, params.approval_id, await toCallAnswers(body.answers, deps.images, context.signal), context);
      return presentApproval(await find(deps, params.approval_id, context));
    }),
  ];
}

async function find({ approvals }: ApprovalRoutesDeps, id: string, context: RequestContext): Promise<ApprovalRecord> {
  const found = await approvals.find(context.organizationId, id);
  if (found === null) throw notFound('Approval', id);
  return found;
}

async function answer(deps: ApprovalRoutesDeps, id: string, answers: readonly CallAnswer[], context: RequestContext): Promise<void> {
  const recorded = await deps.submitter.answerApproval(context.organizationId, id, answers);
  switch (recorded.kind) {
    case 'missing':
      throw notFound('Approval', id);
    case 'not-pending':
      throw new RequestError('conflict', `The approval request ${id} has been answered`);
    case 'wrong':
      throw new RequestError('invalid', recorded.message);
    case 'partial':
      return;
    case 'complete':
      requireAccepted(recorded.request.agentId, recorded.result);
  }
}
