import { readPacked, packSystemAlert } from './packed-message.js';
import type { PackTime } from './packed-message.js';

export interface CompactionStats {
  readonly trigger: string;
  readonly contextTokensBefore: number | null;
  readonly contextTokensAfter: number | null;
  readonly contextWindow: number;
  readonly messagesCountBefore: number;
  readonly messagesCountAfter: number;
}

export interface SummaryText {
  readonly summary: string;
  readonly stats: CompactionStats | null;
}

const marker = 'The following is a summary of the previous messages:\n ';

/** The text of a summary message. `hiddenCount` = how many messages it stands for; null when it stands for all that came before. */
export function packSummary({ summary, stats }: SummaryText, hiddenCount: number | null, time: PackTime): string {
  const note =
    hiddenCount === null
      ? 'Note: prior messages have been hidden from view due to conversation memory constraints.'
      : `Note: ${hiddenCount} messages from the beginning of the conversation have been hidden from view due to memory constraints.`;
  const extra = stats === null ? {} : { compaction_stats: toPacked(stats) };
  return packSystemAlert(`${note} ${marker}${summary}`, time, extra);
}

/** The summary alone, out of a summary message; a text in another form counts as a summary itself. */
export function unpackSummary(text: string): SummaryText {
  const packed = readPacked(text);
  const message = packed?.['message'];
  if (typeof message !== 'string') return { summary: text, stats: null };
  const start = message.indexOf(marker);
  return {
    summary: start === -1 ? message : message.slice(start + marker.length),
    stats: fromPacked(packed?.['compaction_stats']),
  };
}

function toPacked(stats: CompactionStats): Readonly<Record<string, unknown>> {
  return {
    trigger: stats.trigger,
    context_tokens_before: stats.contextTokensBefore,
    context_tokens_after: stats.contextTokensAfter,
    context_window: stats.contextWindow,
    messages_count_before: stats.messagesCountBefore,
    messages_count_after: stats.messagesCountAfter,
  };
}

function fromPacked(value: unknown): CompactionStats | null {
  if (typeof value !== 'object' || value === null) return null;
  const packed: Readonly<Record<string, unknown>> = { ...value };
  const number = (name: string): number | null => (typeof packed[name] === 'number' ? packed[name] : null);
  return {
    trigger: typeof packed['trigger'] === 'string' ? packed['trigger'] : '',
    contextTokensBefore: number('context_tokens_before'),
    contextTokensAfter: number('context_tokens_after'),
    contextWindow: number('context_window') ?? 0,
    messagesCountBefore: number('messages_count_before') ?? 0,
    messagesCountAfter: number('messages_count_after') ?? 0,
  };
}
