import type { Message } from '../messages/message.js';
import { isSameResponse } from '../messages/model-messages.js';
import type { CompactionMode } from './compaction-settings.js';
import { estimateMessageTokens } from './estimate-tokens.js';

export interface Eviction {
  /** From the first message behind the system message on. */
  readonly evicted: readonly Message[];
  readonly kept: readonly Message[];
  readonly mode: CompactionMode;
}

export interface EvictionWishes {
  readonly mode: CompactionMode;
  /** The share of messages that the first try evicts. */
  readonly share: number;
  /** How many messages have to go, if there are as many. */
  readonly least: number;
}

/** By how much each further try raises the share. */
const shareStep = 0.1;

/**
 * What of a context is to be summarized so that the rest fills at most the other share of the window: the oldest messages, cut where no tool call is parted
 * from its return; all of them when no such cut is enough. Null when there is nothing but the system message and a summary.
 */
export function chooseMessagesToSummarize(
  context: readonly Message[],
  contextWindowTokens: number,
  { mode, share: firstShare, least }: EvictionWishes,
): Eviction | null {
  const [system, ...messages] = context;
  if (system === undefined || !messages.some(message => message.role !== 'summary')) return null;
  const goal = (1 - firstShare) * contextWindowTokens;
  for (let share = firstShare; mode === 'sliding_window' && share < 1; share += shareStep) {
    const cut = cutAtOrBefore(messages, Math.round(share * messages.length));
    if (cut === null || cut < least) continue;
    const kept = messages.slice(cut);
    const tokens = [system, ...kept].reduce((sum, message) => sum + estimateMessageTokens(message), 0);
    if (tokens < goal) return { evicted: messages.slice(0, cut), kept, mode: 'sliding_window' };
  }
  return { evicted: messages, kept: [], mode: 'all' };
}

/** The last place at or before `index` where a response of the model begins, for its returns stand right behind it. */
function cutAtOrBefore(messages: readonly Message[], index: number): number | null {
  for (let cut = Math.min(index, messages.length - 1); cut > 0; cut -= 1) {
    if (beginsResponse(messages, cut) && messages.slice(0, cut).some(message => message.role !== 'summary')) return cut;
  }
  return null;
}

function beginsResponse(messages: readonly Message[], index: number): boolean {
  const [before, message] = [messages[index - 1], messages[index]];
  if (message?.role === 'assistant') return true;
  return message?.role === 'approval_request' && !(before?.role === 'assistant' && isSameResponse(before, message));
}
