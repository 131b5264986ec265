import type { Message } from '../messages/message.js';
import { unpackSummary } from '../messages/packed-summary.js';

/** Characters; what is longer loses its middle. */
export interface TranscriptLimits {
  readonly longestReturn: number;
  readonly longestLine: number;
}

/** Messages as lines of plain text, for a model that is to summarize them. */
export function transcriptLines(messages: readonly Message[], { longestReturn, longestLine }: TranscriptLimits): string[] {
  return messages.map(message => `[${message.role}] ${shorten(lineOf(message, longestReturn), longestLine)}`);
}

/** Within the limit, but for the note of what is left out. Never ends or begins within a surrogate pair: half of one cannot be stored. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const side = Math.floor(limit / 2);
  const head = text.slice(0, isWithinPair(text, side) ? side - 1 : side);
  const rest = text.length - side;
  const tail = text.slice(isWithinPair(text, rest) ? rest + 1 : rest);
  return `${head}\n… (${text.length - head.length - tail.length} characters left out) …\n${tail}`;
}

export function isWithinPair(text: string, index: number): boolean {
  return /[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(Math.max(0, index - 1), index + 1));
}

function lineOf(message: Message, longestReturn: number): string {
  switch (message.role) {
    case 'tool':
      return message.toolReturns.map(entry => `${entry.toolName}: ${shorten(entry.content, longestReturn)}`).join('\n');
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
    case 'summary':
      return message.content.map(part => (part.type === 'text' ? unpackSummary(part.text).summary : '')).join(' ');
    default:
      return message.content.map(part => (part.type === 'text' ? part.text : '(image)')).join(' ');
  }
}
