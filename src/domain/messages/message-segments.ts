import { assertNever } from '../assert-never.js';
import type { AssistantPart, ReasoningPart, SummarizedReasoningPart } from './content.js';

/** Neighbouring parts of an assistant message that are shown as one. */
export type MessageSegment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string; readonly isNative: boolean; readonly signature: string | null }
  | { readonly kind: 'hidden_reasoning'; readonly state: 'redacted' | 'omitted'; readonly data: string | null };

/** Stands between the parts of a reasoning summary, streamed as well as stored. */
export const summarySeparator = '\n\n';

/** What an assistant message shows before its tool calls, in order: segment k has the otid of index k. Empty parts show nothing. */
export function messageSegments(content: readonly AssistantPart[]): readonly MessageSegment[] {
  const segments: MessageSegment[] = [];
  for (const part of content) {
    const segment = segmentOf(part);
    if (segment === null) continue;
    const last = segments.at(-1);
    const merged = last === undefined ? null : merge(last, segment);
    if (merged === null) segments.push(segment);
    else segments.splice(-1, 1, merged);
  }
  return segments;
}

function segmentOf(part: AssistantPart): MessageSegment | null {
  switch (part.type) {
    case 'text':
      return part.text === '' ? null : { kind: 'text', text: part.text };
    case 'reasoning':
    case 'summarized_reasoning':
      return reasoningSegment(part);
    case 'redacted_reasoning':
      return { kind: 'hidden_reasoning', state: 'redacted', data: part.data };
    case 'omitted_reasoning':
      return { kind: 'hidden_reasoning', state: 'omitted', data: null };
    default:
      return assertNever(part);
  }
}

function reasoningSegment(part: ReasoningPart | SummarizedReasoningPart): MessageSegment | null {
  const text = part.type === 'reasoning' ? part.reasoning : part.summary.map(entry => entry.text).join(summarySeparator);
  if (text === '') return null;
  const isNative = part.type === 'summarized_reasoning' || part.isNative;
  return { kind: 'reasoning', text, isNative, signature: part.type === 'reasoning' ? (part.signature ?? null) : null };
}

function merge(last: MessageSegment, next: MessageSegment): MessageSegment | null {
  if (last.kind === 'text' && next.kind === 'text') return { kind: 'text', text: last.text + next.text };
  if (last.kind === 'reasoning' && next.kind === 'reasoning' && last.isNative === next.isNative) {
    return { ...last, text: last.text + next.text, signature: next.signature ?? last.signature };
  }
  return null;
}
