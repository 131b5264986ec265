import type { AssistantPart, CallAnswer, ToolCall, ToolReturn, UserPart } from './content.js';

interface MessageBase {
  /** `message-<uuid4>` */
  readonly id: string;
  readonly agentId: string;
  /** Id of the conversation's row; the agent's default conversation has one too. */
  readonly conversationId: string;
  /** ISO-8601 with milliseconds, UTC. */
  readonly createdAt: string;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly otid: string | null;
  readonly name: string | null;
  readonly senderId: string | null;
  readonly groupId: string | null;
  readonly isErr: boolean;
}

export interface SystemMessage extends MessageBase {
  readonly role: 'system';
  readonly content: readonly UserPart[];
}

export interface UserMessage extends MessageBase {
  readonly role: 'user';
  readonly content: readonly UserPart[];
}

export interface AssistantMessage extends MessageBase {
  readonly role: 'assistant';
  /** Model name (not the handle) that wrote it: provider-bound reasoning is replayed only to the same model. */
  readonly model: string | null;
  readonly content: readonly AssistantPart[];
  readonly toolCalls: readonly ToolCall[];
}

/** All returns of one step, in call order. */
export interface ToolMessage extends MessageBase {
  readonly role: 'tool';
  readonly toolReturns: readonly ToolReturn[];
}

/** Stands for compacted messages; content is the packed JSON of src/domain/messages/packed-summary.ts. */
export interface SummaryMessage extends MessageBase {
  readonly role: 'summary';
  readonly content: readonly UserPart[];
}

/**
 * Puts calls before the client, which approves them or runs tools of its own. Calls of the same response that need no answer stand in the assistant
 * message before it, and none of them runs until the answer is there.
 */
export interface ApprovalRequestMessage extends MessageBase {
  readonly role: 'approval_request';
  readonly model: string | null;
  readonly content: readonly AssistantPart[];
  readonly toolCalls: readonly ToolCall[];
}

/** The client's answers to all calls of a request. The returns of the calls stand in the tool message behind it. */
export interface ApprovalResponseMessage extends MessageBase {
  readonly role: 'approval_response';
  readonly approvals: readonly CallAnswer[];
}

/** Of a message that belongs to no run, has no sender of a name and is no error. */
export const plainMessage = {
  runId: null,
  stepId: null,
  otid: null,
  name: null,
  senderId: null,
  groupId: null,
  isErr: false,
} as const satisfies Partial<MessageBase>;

/** A stored row of the table `messages`: the one message type inside the server; wire formats live in presenters and providers. */
export type Message = ModelMessage | ApprovalRequestMessage | ApprovalResponseMessage;
/** What models read: toModelMessages makes the rest into these. */
export type ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage | SummaryMessage;
export type MessageRole = Message['role'];
