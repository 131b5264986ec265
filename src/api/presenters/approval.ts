import type { ApprovalSettings } from '../../domain/approvals/approval-request.js';
import type { ApprovalRecord } from '../../repositories/approvals.repository.js';
import { presentAnswer } from './letta-messages.js';
import { instantOrNull } from './wire-fields.js';

export function presentApproval(request: ApprovalRecord) {
  return {
    id: request.id,
    agent_id: request.agentId,
    conversation_id: request.isDefaultConversation ? null : request.conversationId,
    run_id: request.runId,
    step_id: request.stepId,
    status: request.status,
    tool_calls: request.asked.map(({ index, toolCallId, toolName, kind }) => ({
      tool_call_id: toolCallId,
      name: toolName,
      arguments: request.calls[index]?.arguments ?? '{}',
      kind,
    })),
    answers: request.answers.map(presentAnswer),
    answered_by: request.answeredBy,
    answering_run_id: request.answeringRunId,
    deadline_at: instantOrNull(request.deadlineAt),
    on_timeout: request.onTimeout,
    answered_at: instantOrNull(request.answeredAt),
    created_at: request.createdAt.toISOString(),
  };
}

export function presentApprovalSettings(settings: ApprovalSettings | null) {
  if (settings === null) return null;
  return { deadline_seconds: settings.deadlineSeconds, on_timeout: settings.onTimeout, on_message: settings.onMessage };
}
