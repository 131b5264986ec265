import type { ModelMessage } from '../../../domain/messages/message.js';
import { readPacked, unpackUserText } from '../../../domain/messages/packed-message.js';
import { unpackToolReturn } from '../../../domain/tools/pack-tool-return.js';
import { plainText } from '../message-text.js';

/** What the demo model wants to do. `tools` are alternatives, the first that is offered is called. */
export type DemoAction =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'call'; readonly tools: readonly DemoCall[]; readonly otherwise: string };

export interface DemoCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const introduction =
  'I am perdura/demo: no language model but a handful of rules, so that you can try the server without a key. ' +
  'Tell me your name or something to remember, ask what I know of you, or search for a word. Set OPENAI_API_KEY or ANTHROPIC_API_KEY for a real model.';

/** Decides by the last message alone: a result is reported, a user's words are matched against the rules. */
export function decideDemoAction(messages: readonly ModelMessage[]): DemoAction {
  const last = messages.findLast(message => message.role !== 'system' && !isHeartbeat(message));
  if (last === undefined) return say(introduction);
  if (last.role === 'tool') return reportResult(last);
  if (last.role === 'assistant') return say(introduction);
  return answer(unpackUserText(plainText(last.content)), messages);
}

function reportResult(message: Extract<ModelMessage, { role: 'tool' }>): DemoAction {
  const entry = message.toolReturns.at(-1);
  if (entry === undefined) return say(introduction);
  const result = unpackToolReturn(entry.content, entry.status);
  if (result.status === 'error') return say(`${entry.toolName} did not work: ${result.message}`);
  if (entry.toolName.endsWith('_search')) return say(`This is what I found: ${result.message}`);
  if (entry.toolName === 'archival_memory_insert') return say('I have put that into my archive.');
  return say('I have written that into my memory.');
}

function answer(text: string, messages: readonly ModelMessage[]): DemoAction {
  const name = toldName(text);
  if (name !== null) return remember(`Name: ${name}`, 'human', messages);
  if (/\b(?:what|who|do you)\b.*\b(?:my name|know|remember|am i)\b/is.test(text)) return say(recite(messages));
  const fact = /\bremember(?:\s+that)?[:,]?\s+(.+)/is.exec(text)?.[1];
  if (fact !== undefined) return store(fact.trim(), messages);
  const wanted = /\b(?:search|look)\s+(?:for\s+)?(.+)/is.exec(text)?.[1];
  if (wanted !== undefined) return search(wanted.trim().replace(/[?.!]+$/, ''));
  return say(introduction);
}

/** One word, and those after it that begin with a capital. */
function toldName(text: string): string | null {
  const rest = /\b(?:my name is|i am called|call me)\s+(.+)/is.exec(text)?.[1] ?? '';
  return /^\p{L}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*/u.exec(rest)?.[0] ?? null;
}

/** The hidden message that gives an agent of the older kinds its next step. */
function isHeartbeat(message: ModelMessage): boolean {
  return message.role === 'user' && readPacked(plainText(message.content))?.['type'] === 'heartbeat';
}

/** Into the block of that label, else into the first there is. */
function remember(line: string, wanted: string, messages: readonly ModelMessage[]): DemoAction {
  const labels = [...blocksOf(messages).keys()];
  const label = labels.includes(wanted) ? wanted : labels[0];
  if (label === undefined) return say('I would write that down, but I have no memory block.');
  return {
    kind: 'call',
    tools: [
      { name: 'memory_insert', arguments: { label, new_string: line } },
      { name: 'core_memory_append', arguments: { label, content: line } },
    ],
    otherwise: 'I would write that down, but I have no tool for it.',
  };
}

function store(fact: string, messages: readonly ModelMessage[]): DemoAction {
  const inBlock = remember(fact, 'human', messages);
  const tools = [{ name: 'archival_memory_insert', arguments: { content: fact } }, ...(inBlock.kind === 'call' ? inBlock.tools : [])];
  return { kind: 'call', tools, otherwise: 'I would write that down, but I have no tool for it.' };
}

function search(query: string): DemoAction {
  const tools = ['archival_memory_search', 'conversation_search'].map(name => ({ name, arguments: { query } }));
  return { kind: 'call', tools, otherwise: 'I have no tool to search with.' };
}

function recite(messages: readonly ModelMessage[]): string {
  const filled = [...blocksOf(messages)].filter(([, value]) => value !== '');
  if (filled.length === 0) return 'My memory blocks are empty.';
  return `My memory says: ${filled.map(([label, value]) => `${label}: ${value.replaceAll('\n', '; ')}`).join(' | ')}`;
}

/** The blocks as the system message shows them. */
function blocksOf(messages: readonly ModelMessage[]): ReadonlyMap<string, string> {
  const system = messages[0]?.role === 'system' ? plainText(messages[0].content) : '';
  const pattern = /<([^<>\n]+)>\n<description>\n[\s\S]*?<value>\n([\s\S]*?)\n<\/value>\n<\/\1>/g;
  return new Map([...system.matchAll(pattern)].map(match => [match[1] ?? '', (match[2] ?? '').replace(/^\d+→ /gm, '').trim()]));
}

function say(text: string): DemoAction {
  return { kind: 'say', text };
}
