import type { WireAnswer } from './wire-answer.js';

/** The wire forms that the scripted model speaks. */
export type WireForm = 'chat' | 'responses' | 'anthropic';

export interface MockCall {
  readonly name: string;
  /** A string goes out as it is, for arguments that are no JSON object. */
  readonly args: Readonly<Record<string, unknown>> | string;
  /** Null leaves it out. */
  readonly id?: string | null;
}

export interface MockUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

/** What a scripted model answers. */
export interface MockReply {
  /** Reasoning that the model shows; chat completions send it as compatible servers do. */
  readonly reasoning?: string;
  /** Reasoning that it withholds, where the form has a place for that. */
  readonly redacted?: string;
  readonly text?: string;
  readonly toolCalls?: readonly MockCall[];
  /** Why it stopped, when not because it was finished. */
  readonly finish?: 'length' | 'content_filter';
  readonly usage?: MockUsage;
  /** Pause between the pieces, in ms. */
  readonly pieceDelayMs?: number;
  /** After so many pieces nothing more comes, and the connection stays open until the client leaves. */
  readonly holdAfter?: number;
  /** An HTTP error instead of an answer. */
  readonly error?: { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
  /** Exactly this on the wire instead of an answer. */
  readonly wire?: WireAnswer;
}

/** An answer as it goes over the wire: what comes first, the pieces of the content, and what ends it. */
export interface MockFrames {
  readonly opening: readonly string[];
  readonly pieces: readonly string[];
  readonly closing: readonly string[];
}

/** A message as chat completions have it; the other forms' requests are read into it, so that a script serves all of them. */
export interface MockMessage {
  readonly role: string;
  readonly content: string | null | readonly { readonly text?: string }[];
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

export interface MockRequest {
  readonly messages: readonly MockMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly tool_choice?: unknown;
  readonly parallel_tool_calls?: boolean;
  readonly model: string;
  readonly max_tokens?: number;
}

export const defaultUsage: MockUsage = { input: 10, output: 5 };

/** Word by word, as models stream. */
export function wordsOf(text: string | undefined): string[] {
  return (text ?? '').split(/(?<=\s)/).filter(word => word !== '');
}

export function argumentsOf({ args }: MockCall): string {
  return typeof args === 'string' ? args : JSON.stringify(args);
}

/** Null = the provider forgot it. */
export function idOf({ id }: MockCall, index: number): string | null {
  return id === undefined ? `call_${index}_${Math.random().toString(36).slice(2, 10)}` : id;
}

/** An event with its type as name, as Responses and Anthropic send them. */
export function namedEvent(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The text of a message, whatever its form. */
export function textOf(message: MockMessage | undefined): string {
  const content = message?.content;
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : content.map(part => part.text ?? '').join('');
}
