import type { Message } from '../messages/message.js';
import { isSameResponse } from '../messages/model-messages.js';
import { readPacked } from '../messages/packed-message.js';

export interface Eviction {
  /** In order. A message that stays may have stood among them. */
  readonly evicted: readonly Message[];
  /** What stays behind the system message and the summary, in order. */
  readonly kept: readonly Message[];
  /** False: the oldest messages go, and the newest stay. */
  readonly isAll: boolean;
}

export interface EvictionWishes {
  readonly evictsAll: boolean;
  /** The share of messages that the first try evicts. */
  readonly share: number;
  /** How many messages have to go, if there are as many. */
  readonly least: number;
  /** The user's last message waits for its answer, or for the rest of it. */
  readonly keepsInput: boolean;
  /** A summary that is longer goes as well where nothing else can. */
  readonly summaryTokens: number;
  /** What is left of the window for what stays, beside the system message and the tools. */
  readonly goalTokens: number;
  readonly weigh: (message: Message) => number;
}

/** By how much each further try raises the share. */
const shareStep = 0.1;

/**
 * What of a context is to be summarized: the oldest messages, cut where no tool call is parted from its return, so that the rest fits the goal; all of
 * them when no such cut is enough. A request that waits for the client's answer stays in any case. Null when nothing can be gained.
 */
export function planEviction(context: readonly Message[], wishes: EvictionWishes): Eviction | null {
  const [system, ...messages] = context;
  if (system === undefined) return null;
  const open = startOfOpenRequest(messages);
  const input = wishes.keepsInput ? lastInput(messages, wishes) : [];
  for (let share = wishes.share; !wishes.evictsAll && share < 1; share += shareStep) {
    const cut = cutAtOrBefore(messages, Math.min(Math.round(share * messages.length), open), wishes.least);
    if (cut === null) continue;
    const eviction = evictBefore(messages, cut, input);
    if (gains(eviction.evicted, wishes) && weightOf(eviction.kept, wishes) < wishes.goalTokens) return { ...eviction, isAll: false };
  }
  const eviction = evictBefore(messages, open, input);
  return gains(eviction.evicted, wishes) ? { ...eviction, isAll: true } : null;
}

function evictBefore(messages: readonly Message[], cut: number, input: readonly Message[]): Omit<Eviction, 'isAll'> {
  const old = messages.slice(0, cut);
  return {
    evicted: old.filter(message => !input.includes(message)),
    kept: [...old.filter(message => input.includes(message)), ...messages.slice(cut)],
  };
}

function gains(evicted: readonly Message[], { least, summaryTokens, weigh }: EvictionWishes): boolean {
  if (evicted.length < least) return false;
  return evicted.some(message => message.role !== 'summary' || weigh(message) > summaryTokens);
}

function weightOf(messages: readonly Message[], { weigh }: EvictionWishes): number {
  return messages.reduce((sum, message) => sum + weigh(message), 0);
}

/** The last place at or before `index` where a response of the model begins, for its returns stand right behind it. */
function cutAtOrBefore(messages: readonly Message[], index: number, least: number): number | null {
  for (let cut = Math.min(index, messages.length - 1); cut >= Math.max(1, least); cut -= 1) {
    if (beginsResponse(messages, cut) && messages.slice(0, cut).some(message => message.role !== 'summary')) return cut;
  }
  return null;
}

function beginsResponse(messages: readonly Message[], index: number): boolean {
  const [before, message] = [messages[index - 1], messages[index]];
  if (message?.role === 'assistant') return true;
  return message?.role === 'approval_request' && !(before?.role === 'assistant' && isSameResponse(before, message));
}

/** Where the response begins whose calls have no answer yet; behind the last message when there is none. */
function startOfOpenRequest(messages: readonly Message[]): number {
  const last = messages.length - 1;
  if (messages[last]?.role !== 'approval_request') return messages.length;
  return beginsResponse(messages, last) ? last : last - 1;
}

/** What the user has said last, in all messages of one request where they fit beside the rest. */
function lastInput(messages: readonly Message[], wishes: EvictionWishes): readonly Message[] {
  const last = messages.findLastIndex(isSaid);
  const message = messages[last];
  if (message === undefined) return [];
  let first = last;
  while (first > 0 && message.runId !== null && isSaid(messages[first - 1]) && messages[first - 1]?.runId === message.runId) first -= 1;
  const all = messages.slice(first, last + 1);
  return weightOf(all, wishes) < wishes.goalTokens ? all : [message];
}

const notes: readonly unknown[] = ['heartbeat', 'login', 'system_alert'];

/** By a user, not by this server on the user's behalf. */
function isSaid(message: Message | undefined): boolean {
  if (message?.role !== 'user') return false;
  const [part] = message.content;
  return part?.type !== 'text' || !notes.includes(readPacked(part.text)?.['type']);
}
