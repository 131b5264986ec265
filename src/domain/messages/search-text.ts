import { parseArguments } from '../tools/parse-arguments.js';
import { unpackToolReturn } from '../tools/pack-tool-return.js';
import type { ApprovalRequestMessage, AssistantMessage, Message } from './message.js';
import { unpackUserText } from './packed-message.js';

/** The plain words of a message, as recall searches them: what was said and returned, without the wrapping. */
export function searchText(message: Message): string {
  switch (message.role) {
    case 'system':
    case 'approval_response':
      return '';
    case 'tool':
      return join(message.toolReturns.map(entry => unpackToolReturn(entry.content, entry.status).message));
    case 'assistant':
    case 'approval_request': {
      const { text, calls } = sayingsOf(message);
      return join([text, calls]);
    }
    default:
      return join(texts(message.content).map(unpackUserText));
  }
}

/** What a message of the model says beside its calls, and in them. */
export function sayingsOf({ content, toolCalls }: AssistantMessage | ApprovalRequestMessage): {
  readonly text: string;
  readonly calls: string;
} {
  return { text: join(texts(content)), calls: join(toolCalls.map(call => spoken(call.name, call.arguments))) };
}

function texts(content: readonly { readonly type: string; readonly text?: string }[]): string[] {
  return content.flatMap(part => (part.type === 'text' && part.text !== undefined ? [part.text] : []));
}

/** A call counts by its text arguments: those of send_message are what the agent says. */
function spoken(name: string, args: string): string {
  if (name === 'conversation_search') return '';
  return join(Object.values(parseArguments(args).arguments).filter(value => typeof value === 'string'));
}

function join(parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('\n');
}
