import { plainMessage } from '../messages/message.js';
import type { Message } from '../messages/message.js';
import type { InputMessage } from './run-request.js';

export interface InputPlace {
  readonly agentId: string;
  readonly conversationId: string;
  readonly runId: string;
}

/** What came in with a request as the message that it becomes. */
export function inputToMessage({ id, role, content, otid, name, senderId, groupId }: InputMessage, place: InputPlace): Message {
  const sent = { ...plainMessage, ...place, id, createdAt: new Date().toISOString(), otid, name, senderId, groupId };
  if (role !== 'assistant') return { ...sent, role, content };
  return { ...sent, role, model: null, toolCalls: [], content: content.flatMap(part => (part.type === 'text' ? [part] : [])) };
}
