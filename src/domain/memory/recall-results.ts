import { searchText } from '../messages/search-text.js';
import type { Message } from '../messages/message.js';
import { formatLocalIso } from '../time/format-local-time.js';
import { timeAgo } from './time-ago.js';

export interface RecallHit {
  readonly message: Message;
  readonly rank: number | null;
}

/** What conversation_search tells the model. Its own earlier calls and what tools returned are left out unless tools were asked for. */
export function renderRecallResults(hits: readonly RecallHit[], timezone: string | null, now: Date): Readonly<Record<string, unknown>> {
  const results = hits
    .filter(hit => !isSearchCall(hit.message))
    .map(({ message, rank }) => ({
      timestamp: formatLocalIso(new Date(message.createdAt), timezone),
      time_ago: timeAgo(new Date(message.createdAt), now),
      role: message.role,
      ...(rank === null ? {} : { relevance: { fts_rank: rank, search_mode: 'fts' } }),
      content: searchText(message),
    }));
  return results.length === 0 ? { message: 'No results found.', results } : { message: `Showing ${results.length} results:`, results };
}

function isSearchCall(message: Message): boolean {
  return message.role === 'assistant' && message.toolCalls.some(call => call.name === 'conversation_search');
}
