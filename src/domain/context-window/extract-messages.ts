import type { Message } from '../messages/message.js';
import { unpackSummary } from '../messages/packed-summary.js';
import { shorten, transcriptLines } from './transcript.js';

/** Stands before a summary that no model wrote. */
export const extractNote =
  '[Mechanical extract: no model could summarize these messages. Here are the beginnings of what was said; a search of the full history finds the rest.]';

/** What an earlier summary may take of the whole. */
const summaryShare = 0.6;
/** Characters of a message, at least; older ones are left out where there is not so much room for each. */
const leastOfMessage = 80;

/** Excerpts of messages in the place of a summary, within `mostCharacters`: earlier summaries, and the beginnings of what was said, as evenly as it goes. */
export function extractMessages(messages: readonly Message[], mostCharacters: number): string {
  const room = Math.max(0, mostCharacters - extractNote.length - 1);
  const earlier = messages.flatMap(message => (message.role === 'summary' ? [summaryOf(message)] : [])).join('\n');
  const kept = shorten(earlier, Math.floor(room * summaryShare));
  const said = messages.filter(message => message.role === 'user' || message.role === 'assistant' || message.role === 'system');
  const lines = transcriptLines(said, { longestReturn: mostCharacters, longestLine: mostCharacters });
  const excerpts = beginnings(lines, room - kept.length - 1);
  return [extractNote, kept, ...excerpts].filter(text => text !== '').join('\n');
}

function summaryOf(message: Extract<Message, { role: 'summary' }>): string {
  const text = message.content.map(part => (part.type === 'text' ? unpackSummary(part.text).summary : '')).join('\n');
  return text.replaceAll(extractNote, '').trim();
}

/** The newest lines that fit, each cut behind its beginning. */
function beginnings(lines: readonly string[], room: number): readonly string[] {
  const each = Math.max(leastOfMessage, Math.floor(room / Math.max(1, lines.length)) - 2);
  const chosen: string[] = [];
  let left = room;
  for (const line of lines.toReversed()) {
    const text = head(line.replaceAll(/\s+/g, ' '), each);
    if (text.length + 1 > left) break;
    chosen.unshift(text);
    left -= text.length + 1;
  }
  return chosen;
}

function head(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 2);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 2 : length - 1)}…`;
}
