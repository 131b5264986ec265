import type { ApprovalRequestMessage, AssistantMessage, Message, ModelMessage } from './message.js';

/** A context as models know it: the calls of one response stand in one message again, whether somebody had to answer for them or not. */
export function toModelMessages(messages: readonly Message[]): ModelMessage[] {
  const shown: ModelMessage[] = [];
  for (const message of messages) {
    if (message.role === 'approval_response') continue;
    if (message.role !== 'approval_request') {
      shown.push(message);
      continue;
    }
    const before = shown.at(-1);
    if (before?.role === 'assistant' && isSameResponse(before, message)) shown.splice(-1, 1, joined(before, message));
    else shown.push({ ...message, role: 'assistant' });
  }
  return shown;
}

/** The two halves of a response share their step. */
export function isSameResponse(first: AssistantMessage, second: ApprovalRequestMessage): boolean {
  return first.stepId !== null && first.stepId === second.stepId;
}

function joined(first: AssistantMessage, second: ApprovalRequestMessage): AssistantMessage {
  return { ...first, content: [...first.content, ...second.content], toolCalls: [...first.toolCalls, ...second.toolCalls] };
}
