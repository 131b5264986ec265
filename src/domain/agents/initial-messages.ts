import { plainMessage } from '../messages/message.js';
import type { Message } from '../messages/message.js';
import { packLogin, packSystemAlert, packUserMessage } from '../messages/packed-message.js';
import type { PackTime } from '../messages/packed-message.js';
import { packToolReturn } from '../tools/pack-tool-return.js';
import { agentTypeTraits } from './agent-type.js';
import type { AgentType } from './agent-type.js';

/** What a request gives for `initial_message_sequence`. */
export interface InitialMessage {
  readonly role: 'user' | 'system' | 'assistant';
  readonly text: string;
}

export interface InitialMessagesInput {
  readonly agentType: AgentType;
  /** Null = the kind's own beginning. */
  readonly sequence: readonly InitialMessage[] | null;
  /** The compiled system message. */
  readonly system: string;
  readonly model: string;
  readonly base: Pick<Message, 'agentId' | 'conversationId'>;
  readonly time: PackTime;
  readonly newMessageId: () => string;
  readonly newToolCallId: () => string;
}

const bootThought = 'I am awake for the first time. Somebody may be there: I say hello and see who it is.';
const bootGreeting = 'Hello! I am here.';
const sendMessageResult = 'Sent message successfully.';

/** The messages that an agent starts with; the first is the system message. */
export function initialMessages(input: InitialMessagesInput): Message[] {
  const system: Message = { ...blank(input), role: 'system', content: [{ type: 'text', text: input.system }] };
  if (input.sequence !== null) return [system, ...input.sequence.flatMap(message => pack(input, message))];
  if (agentTypeTraits(input.agentType).initialMessages === 'system_only') return [system];
  return [system, ...says(input, bootGreeting, bootThought), userMessage(input, packLogin(input.time))];
}

function pack(input: InitialMessagesInput, { role, text }: InitialMessage): Message[] {
  switch (role) {
    case 'user':
      return [userMessage(input, packUserMessage(text, input.time))];
    case 'system':
      return [userMessage(input, packSystemAlert(text, input.time))];
    case 'assistant':
      return says(input, text, null);
  }
}

function userMessage(input: InitialMessagesInput, text: string): Message {
  return { ...blank(input), role: 'user', content: [{ type: 'text', text }] };
}

/** The agent speaks: by the tool where its kind does so, else in plain text. */
function says(input: InitialMessagesInput, text: string, thought: string | null): Message[] {
  if (!agentTypeTraits(input.agentType).speaksBySendMessage) {
    return [{ ...blank(input), role: 'assistant', model: input.model, content: [{ type: 'text', text }], toolCalls: [] }];
  }
  const id = input.newToolCallId();
  const content = thought === null ? [] : [{ type: 'text' as const, text: thought }];
  const call = { id, name: 'send_message', arguments: JSON.stringify({ message: text }) };
  const result = packToolReturn({
    toolName: 'send_message',
    result: { status: 'success', value: sendMessageResult },
    returnCharLimit: sendMessageResult.length,
    time: input.time,
  });
  return [
    { ...blank(input), role: 'assistant', model: input.model, content, toolCalls: [call] },
    {
      ...blank(input),
      role: 'tool',
      toolReturns: [{ toolCallId: id, toolName: 'send_message', status: 'success', content: result, stdout: null, stderr: null }],
    },
  ];
}

function blank(input: InitialMessagesInput): Omit<Extract<Message, { role: 'user' }>, 'role' | 'content'> {
  return {
    ...input.base,
    id: input.newMessageId(),
    createdAt: input.time.at.toISOString(),
    ...plainMessage,
  };
}
