import { sayingsOf, searchText } from '../messages/search-text.js';
import type { Message } from '../messages/message.js';
import type { FoundMessages } from '../search/message-search.js';
import { formatLocalIso } from '../time/format-local-time.js';
import { timeAgo } from './time-ago.js';

export interface RecallView {
  readonly timezone: string | null;
  readonly now: Date;
  readonly limit: number;
}

/** What conversation_search tells the model. Its own earlier calls are left out. */
export function renderRecallResults(
  { found, mode, degraded }: FoundMessages,
  { timezone, now, limit }: RecallView,
): Readonly<Record<string, unknown>> {
  const results = found
    .filter(({ message }) => !isSearchCall(message))
    .slice(0, limit)
    .map(({ message, score, vectorRank, wordRank }) => ({
      timestamp: formatLocalIso(new Date(message.createdAt), timezone),
      time_ago: timeAgo(new Date(message.createdAt), now),
      role: message.role,
      ...(mode === 'timestamp'
        ? {}
        : { relevance: { rrf_score: rounded(score), vector_rank: vectorRank, fts_rank: wordRank, search_mode: mode } }),
      ...said(message),
    }));
  return {
    message: results.length === 0 ? 'No results found.' : `Showing ${results.length} results:`,
    results,
    ...(degraded ? { degraded: true } : {}),
  };
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}

/** Beside calls the model's text is what it thought, and what the calls say is what it said. */
function said(message: Message): Readonly<Record<string, string>> {
  if (message.role !== 'assistant' || message.toolCalls.length === 0) return { content: searchText(message) };
  const { text, calls } = sayingsOf(message);
  return { ...(text === '' ? {} : { thinking: text }), ...(calls === '' ? {} : { content: calls }) };
}

function isSearchCall(message: Message): boolean {
  return message.role === 'assistant' && message.toolCalls.some(call => call.name === 'conversation_search');
}
