import type { Message } from './message.js';

/** The most wire messages that one stored message can show: one for each part and call, and one for a message without either. */
export function wireSpan(message: Message): number {
  if (message.role === 'approval_request') return message.content.length + 1;
  if (message.role !== 'assistant') return 1;
  return Math.max(1, message.content.length + message.toolCalls.length);
}
