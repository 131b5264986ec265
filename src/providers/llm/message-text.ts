import type { Message } from '../../domain/messages/message.js';
import type { UserPart } from '../../domain/messages/content.js';
import type { ModelRequest } from '../../domain/model/language-model.js';

/** All system messages at the beginning of a request, as one text. */
export function systemText(messages: readonly Message[]): string {
  return messages.flatMap(message => (message.role === 'system' ? [plainText(message.content)] : [])).join('\n\n');
}

export function plainText(content: readonly { readonly type: string; readonly text?: string }[]): string {
  return content.flatMap(part => (part.type === 'text' && part.text !== undefined ? [part.text] : [])).join('\n');
}

/** The address of an image as providers of the OpenAI kind take it. */
export function imageUrl({ source }: Extract<UserPart, { type: 'image' }>): string {
  return source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

/** Reasoning that only its own model understands goes back to that model alone. */
export function isOwnReasoning(request: ModelRequest, message: Extract<Message, { role: 'assistant' }>): boolean {
  return message.model === request.config.model;
}
