import { assertNever } from '../domain/assert-never.js';
import type { AssistantPart, CallAnswer, ToolCall, ToolReturn, UserPart } from '../domain/messages/content.js';
import type { Message, MessageRole } from '../domain/messages/message.js';
import { searchText } from '../domain/messages/search-text.js';

/** A row of `messages` as SQL and `to_jsonb` give it; in the latter an instant is text. */
export interface MessageRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly role: MessageRole;
  readonly content: readonly (UserPart | AssistantPart)[];
  readonly tool_calls: readonly ToolCall[];
  readonly tool_returns: readonly ToolReturn[];
  readonly approvals: readonly CallAnswer[];
  readonly model: string | null;
  readonly name: string | null;
  readonly step_id: string | null;
  readonly run_id: string | null;
  readonly otid: string | null;
  readonly sender_id: string | null;
  readonly group_id: string | null;
  readonly is_err: boolean;
  readonly search_text: string;
  readonly created_at: Date | string;
}

export function toMessage(row: MessageRow): Message {
  const base = {
    id: row.id,
    agentId: row.agent_id,
    conversationId: row.conversation_id,
    createdAt: new Date(row.created_at).toISOString(),
    runId: row.run_id,
    stepId: row.step_id,
    otid: row.otid,
    name: row.name,
    senderId: row.sender_id,
    groupId: row.group_id,
    isErr: row.is_err,
  };
  switch (row.role) {
    case 'system':
    case 'user':
    case 'summary':
      return { ...base, role: row.role, content: row.content.filter(isUserPart) };
    case 'assistant':
    case 'approval_request':
      return { ...base, role: row.role, model: row.model, content: row.content.filter(isAssistantPart), toolCalls: row.tool_calls };
    case 'tool':
      return { ...base, role: row.role, toolReturns: row.tool_returns };
    case 'approval_response':
      return { ...base, role: row.role, approvals: row.approvals };
    default:
      return assertNever(row.role);
  }
}

/** All columns that are written; the sequence number is the database's. */
export function toMessageRow(message: Message, organizationId: string): MessageRow {
  return {
    id: message.id,
    organization_id: organizationId,
    agent_id: message.agentId,
    conversation_id: message.conversationId,
    role: message.role,
    content: 'content' in message ? message.content : [],
    tool_calls: 'toolCalls' in message ? message.toolCalls : [],
    tool_returns: message.role === 'tool' ? message.toolReturns : [],
    approvals: message.role === 'approval_response' ? message.approvals : [],
    model: 'model' in message ? message.model : null,
    name: message.name,
    step_id: message.stepId,
    run_id: message.runId,
    otid: message.otid,
    sender_id: message.senderId,
    group_id: message.groupId,
    is_err: message.isErr,
    search_text: searchText(message),
    created_at: message.createdAt,
  };
}

function isUserPart(part: UserPart | AssistantPart): part is UserPart {
  return part.type === 'text' || part.type === 'image';
}

function isAssistantPart(part: UserPart | AssistantPart): part is AssistantPart {
  return part.type !== 'image';
}
