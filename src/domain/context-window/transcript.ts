import type { Message } from '../messages/message.js';

const longestLine = 5000;

/** Messages as lines of plain text, for a model that is to summarize them. Long lines lose their middle, and so does the whole. */
export function renderTranscript(messages: readonly Message[], maxCharacters: number): string {
  const text = messages.map(message => `[${message.role}] ${shorten(lineOf(message), longestLine)}`).join('\n');
  return shorten(text, maxCharacters);
}

function lineOf(message: Message): string {
  switch (message.role) {
    case 'tool':
      return message.toolReturns.map(entry => `${entry.toolName}: ${entry.content}`).join('\n');
    case 'assistant':
    case 'approval_request':
      return [
        ...message.content.flatMap(part => (part.type === 'text' ? [part.text] : [])),
        ...message.toolCalls.map(call => `-> ${call.name}(${call.arguments})`),
      ].join(' ');
    case 'approval_response':
      return message.approvals
        .map(answer => (answer.type === 'tool' ? 'answered' : answer.approve ? 'approved' : `denied: ${answer.reason ?? ''}`))
        .join(', ');
    default:
      return message.content.map(part => (part.type === 'text' ? part.text : '(image)')).join(' ');
  }
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const side = Math.floor(limit / 2);
  return `${text.slice(0, side)}\n… (${text.length - 2 * side} characters left out) …\n${text.slice(-side)}`;
}
