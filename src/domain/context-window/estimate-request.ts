import type { Message } from '../messages/message.js';
import type { ModelRequest } from '../model/language-model.js';
import { estimateTokens } from './estimate-tokens.js';

/** What an image takes at most with the providers that we have; the length of its data says nothing. */
export const imageTokens = 2000;

/** A careful estimate of a request's prompt, tools included. */
export function estimateRequestTokens({ messages, tools }: Pick<ModelRequest, 'messages' | 'tools'>): number {
  const offered = tools.length === 0 ? 0 : carefulTokens(JSON.stringify(tools));
  return messages.reduce((sum, message) => sum + estimateMessageTokens(message), offered);
}

/** Characters beyond ASCII may be a token each. */
export function carefulTokens(text: string): number {
  const others = text.replaceAll(/[\0-\x7f]+/g, '').length;
  return others + estimateTokens(text);
}

export function estimateMessageTokens(message: Message): number {
  switch (message.role) {
    case 'assistant':
    case 'approval_request':
      return carefulTokens(JSON.stringify([message.content, message.toolCalls]));
    case 'tool':
      return message.toolReturns.reduce(
        (sum, entry) => sum + (entry.images?.length ?? 0) * imageTokens,
        carefulTokens(message.toolReturns.map(entry => entry.content).join(' ')),
      );
    case 'approval_response':
      return 0;
    default:
      return message.content.reduce((sum, part) => sum + (part.type === 'image' ? imageTokens : carefulTokens(JSON.stringify(part))), 0);
  }
}
