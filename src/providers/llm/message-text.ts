import type { ImagePart } from '../../domain/messages/content.js';
import type { AssistantMessage, ModelMessage } from '../../domain/messages/message.js';
import type { ModelRequest } from '../../domain/model/language-model.js';

export interface SplitSystem {
  /** The system messages at the beginning, as one text. */
  readonly system: string;
  /** All that follows. System messages further down stay where they are: they tell of something that happened there. */
  readonly rest: readonly ModelMessage[];
}

export function splitSystem(messages: readonly ModelMessage[]): SplitSystem {
  const firstOther = messages.findIndex(message => message.role !== 'system');
  const end = firstOther === -1 ? messages.length : firstOther;
  const leading = messages.slice(0, end).flatMap(message => (message.role === 'system' ? [plainText(message.content)] : []));
  return { system: leading.join('\n\n'), rest: messages.slice(end) };
}

export function plainText(content: readonly { readonly type: string; readonly text?: string }[]): string {
  return content.flatMap(part => (part.type === 'text' && part.text !== undefined ? [part.text] : [])).join('\n');
}

/** The address of an image as providers of the OpenAI kind take it. */
export function imageUrl({ source }: ImagePart): string {
  return `data:${source.mediaType};base64,${source.data}`;
}

/** How closely to look at an image, where the sender said so in a word that OpenAI knows. */
export function imageDetail({ source }: ImagePart): 'auto' | 'low' | 'high' | null {
  const { detail } = source;
  return detail === 'auto' || detail === 'low' || detail === 'high' ? detail : null;
}

/** Reasoning that only its own model understands goes back to that model alone. */
export function isOwnReasoning(request: ModelRequest, message: AssistantMessage): boolean {
  return message.model === request.config.model;
}
