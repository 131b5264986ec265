import { z } from 'zod';
import { createdAtOrder, instant, longestSeconds, nothing, paging } from './fields.js';
import { callAnswer } from './messages.contract.js';
import { defineRoute } from './route.js';

/** The inbox of what waits for people: of this server, beside V1. */
const approvalStatus = z.enum(['pending', 'answered', 'closed']);

const approval = z.object({
  /** The id of the request's message. */
  id: z.string(),
  agent_id: z.string(),
  conversation_id: z.string().nullable(),
  run_id: z.string(),
  step_id: z.string(),
  /** pending | answered: about to be carried out | closed: its calls have their returns */
  status: approvalStatus,
  tool_calls: z.array(
    z.object({
      tool_call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
      /** approval: may it run? client: the client's own tool, whose return is wanted. */
      kind: z.enum(['approval', 'client']),
    }),
  ),
  /** So far. */
  answers: z.array(wireAnswer()),
  answered_by: z.enum(['client', 'deadline', 'cancel', 'message']).nullable(),
  answering_run_id: z.string().nullable(),
  deadline_at: instant.nullable(),
  on_timeout: z.enum(['deny', 'approve', 'fail']),
  answered_at: instant.nullable(),
  created_at: instant,
});

function wireAnswer() {
  return z.looseObject({ type: z.enum(['approval', 'tool']), tool_call_id: z.string() });
}

const tag = 'approvals';
const byApproval = z.object({ approval_id: z.string() });

export const listApprovals = defineRoute({
  operationId: 'list_approvals',
  method: 'get',
  path: '/v1/approvals',
  tag,
  summary: 'List the tool calls that wait, or waited, for an answer',
  params: nothing,
  query: z.object({
    agent_id: z.string().optional(),
    conversation_id: z.string().optional(),
    status: z.enum([...approvalStatus.options, 'all']).default('pending'),
    ...paging({ limit: 50, order: 'desc' }),
    order_by: createdAtOrder,
  }),
  body: nothing,
  response: z.array(approval),
});

export const retrieveApproval = defineRoute({
  operationId: 'retrieve_approval',
  method: 'get',
  path: '/v1/approvals/{approval_id}',
  tag,
  summary: 'Retrieve an approval request',
  params: byApproval,
  query: nothing,
  body: nothing,
  response: approval,
});

export const answerApproval = defineRoute({
  operationId: 'answer_approval',
  method: 'post',
  path: '/v1/approvals/{approval_id}/answers',
  tag,
  summary: 'Answer some or all calls of a request; the agent goes on when each has an answer',
  params: byApproval,
  query: nothing,
  body: z.object({ answers: z.array(callAnswer).min(1) }),
  response: approval,
});

/** How an agent's requests are treated; a member of the agent, of this server beside V1. */
export const approvalSettings = z.object({
  deadline_seconds: z.number().positive().max(longestSeconds).nullish(),
  on_timeout: z.enum(['deny', 'approve', 'fail']).default('deny'),
  on_message: z.enum(['reject', 'deny', 'queue']).default('reject'),
});

export type ApprovalSettingsBody = z.output<typeof approvalSettings>;
