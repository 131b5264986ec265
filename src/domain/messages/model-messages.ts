import { cutOffReturn } from '../agent-loop/step-messages.js';
import type { ToolCall, ToolReturn } from './content.js';
import type { ApprovalRequestMessage, AssistantMessage, Message, ModelMessage } from './message.js';

/**
 * A context as models know it: the calls of one response stand in one message again, whether somebody had to answer for them or not, and every call has
 * its return. Where a history came in from elsewhere without one, or was forked in front of it, the model is told so: providers refuse an open call.
 */
export function toModelMessages(messages: readonly Message[], timezone: string | null = null): ModelMessage[] {
  const joined = joinResponses(messages);
  return joined.flatMap((message, index) => {
    if (message.role !== 'assistant' || message.toolCalls.length === 0) return [message];
    const next = joined[index + 1];
    const missing = openCalls(message.toolCalls, next?.role === 'tool' ? next.toolReturns : []);
    if (missing.length === 0) return [message];
    const { id, toolCalls: _calls, content: _content, model: _model, ...place } = message;
    const now = new Date(message.createdAt);
    const toolReturns = missing.map(call => cutOffReturn(call, { now, timezone }));
    return [message, { ...place, id: `${id}-open`, role: 'tool' as const, toolReturns }];
  });
}

function joinResponses(messages: readonly Message[]): ModelMessage[] {
  const shown: ModelMessage[] = [];
  for (const message of messages) {
    if (message.role === 'approval_response') continue;
    if (message.role !== 'approval_request') {
      shown.push(message);
      continue;
    }
    const before = shown.at(-1);
    if (before?.role === 'assistant' && isSameResponse(before, message)) shown.splice(-1, 1, join(before, message));
    else shown.push({ ...message, role: 'assistant' });
  }
  return shown;
}

/** Providers repeat ids: each return closes one call. */
function openCalls(calls: readonly ToolCall[], returns: readonly ToolReturn[]): ToolCall[] {
  const closed = returns.map(entry => entry.toolCallId);
  return calls.filter(call => {
    const index = closed.indexOf(call.id);
    if (index >= 0) closed.splice(index, 1);
    return index < 0;
  });
}

/** The two halves of a response share their step. */
export function isSameResponse(first: AssistantMessage, second: ApprovalRequestMessage): boolean {
  return first.stepId !== null && first.stepId === second.stepId;
}

function join(first: AssistantMessage, second: ApprovalRequestMessage): AssistantMessage {
  return { ...first, content: [...first.content, ...second.content], toolCalls: [...first.toolCalls, ...second.toolCalls] };
}
