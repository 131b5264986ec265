import { assertNever } from '../../domain/assert-never.js';
import type { AssistantPart, CallAnswer, ToolReturn, UserPart } from '../../domain/messages/content.js';
import type { Message } from '../../domain/messages/message.js';
import { instantOrNull } from './wire-fields.js';

/** A stored message as V1 shows the row itself, which it calls an internal message. `conversationId` = null means the agent's default conversation. */
export function presentStoredMessage(message: Message, conversationId: string | null) {
  const [answer] = message.role === 'approval_response' ? message.approvals : [];
  const isAnswer = answer?.type === 'approval';
  return {
    id: message.id,
    role: roleOf(message),
    content: 'content' in message ? message.content.map(presentPart) : null,
    agent_id: message.agentId,
    conversation_id: conversationId,
    model: 'model' in message ? message.model : null,
    name: message.name,
    tool_calls: 'toolCalls' in message ? message.toolCalls.map(presentCall) : null,
    tool_call_id: message.role === 'tool' ? (message.toolReturns[0]?.toolCallId ?? null) : null,
    tool_returns: message.role === 'tool' ? message.toolReturns.map(presentReturn) : [],
    approvals: message.role === 'approval_response' ? message.approvals.map(presentAnswer) : null,
    approve: isAnswer ? answer.approve : null,
    denial_reason: isAnswer ? answer.reason : null,
    approval_request_id: null,
    step_id: message.stepId,
    run_id: message.runId,
    otid: message.otid,
    sender_id: message.senderId,
    group_id: message.groupId,
    batch_item_id: null,
    is_err: message.isErr,
    created_at: instantOrNull(message.createdAt),
    updated_at: instantOrNull(message.createdAt),
    created_by_id: null,
    last_updated_by_id: null,
  };
}

function roleOf({ role }: Message): string {
  return role === 'approval_request' || role === 'approval_response' ? 'approval' : role;
}

function presentCall({ id, name, arguments: args }: { readonly id: string; readonly name: string; readonly arguments: string }) {
  return { id, type: 'function', function: { name, arguments: args } };
}

function presentReturn({ toolCallId, status, content, stdout, stderr }: ToolReturn) {
  return { tool_call_id: toolCallId, status, func_response: content, stdout, stderr };
}

function presentAnswer(answer: CallAnswer) {
  const { toolCallId: tool_call_id } = answer;
  if (answer.type === 'approval') return { type: 'approval', tool_call_id, approve: answer.approve, reason: answer.reason };
  const { status, toolReturn, stdout, stderr } = answer;
  return { tool_call_id, status, func_response: toolReturn, stdout, stderr };
}

function presentPart(part: UserPart | AssistantPart) {
  switch (part.type) {
    case 'text':
      return part;
    case 'image': {
      const { mediaType, ...source } = part.source;
      return { type: 'image', source: { ...source, media_type: mediaType } };
    }
    case 'reasoning':
      return { type: 'reasoning', is_native: part.isNative, reasoning: part.reasoning, signature: part.signature ?? null };
    case 'redacted_reasoning':
    case 'omitted_reasoning':
      return part;
    case 'summarized_reasoning':
      return { type: 'summarized_reasoning', id: part.id, summary: part.summary, encrypted_content: part.encryptedContent ?? null };
    default:
      return assertNever(part);
  }
}
