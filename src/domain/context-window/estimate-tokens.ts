import type { Message } from '../messages/message.js';

const bytesPerToken = 4;
/** Providers count more than the plain rule: role markers, JSON, other scripts. */
const safetyFactor = 1.3;

/** A rough count from the length in UTF-16 units, for where no provider has counted yet. */
export function estimateTokens(text: string): number {
  return Math.ceil((text.length / bytesPerToken) * safetyFactor);
}

export function estimateMessageTokens(message: Message): number {
  switch (message.role) {
    case 'assistant':
    case 'approval_request':
      return estimateTokens(JSON.stringify([message.content, message.toolCalls]));
    case 'tool':
      return estimateTokens(message.toolReturns.map(entry => entry.content).join(' '));
    case 'approval_response':
      return 0;
    default:
      return estimateTokens(JSON.stringify(message.content));
  }
}
