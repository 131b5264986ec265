import type { Message } from '../messages/message.js';
import { carefulTokens } from './estimate-request.js';
import { isWithinPair, shorten, transcriptLines } from './transcript.js';

export interface PartLimits {
  /** What one request to summarize may carry, estimated. */
  readonly tokensPerCall: number;
  /** Into how many requests the messages may be divided. */
  readonly mostParts: number;
}

/** Characters of a tool's return where the whole of it is too much. */
const trimmedReturn = 5000;
/** The same for every message, tried in turn. */
const trimmedLines = [20_000, 5000, 2000, 1000, 500, 200] as const;
const unlimited = Number.MAX_SAFE_INTEGER;

/**
 * Messages as texts that each fit into one request: whole where that is one text, then without the middles of long tool returns, then in as few parts as
 * they take. What would be too many parts loses the middles of long messages, and in the end messages from its own middle.
 */
export function transcriptParts(messages: readonly Message[], { tokensPerCall, mostParts }: PartLimits): readonly string[] {
  const whole = transcriptLines(messages, { longestReturn: unlimited, longestLine: unlimited });
  const text = whole.join('\n');
  if (carefulTokens(text) <= tokensPerCall) return [text];
  for (const longestLine of [unlimited, ...trimmedLines]) {
    const parts = packLines(transcriptLines(messages, { longestReturn: trimmedReturn, longestLine }), tokensPerCall);
    if (parts.length <= mostParts) return parts;
    if (longestLine === trimmedLines.at(-1)) return withoutMiddle(parts, mostParts);
  }
  return [];
}

function withoutMiddle(parts: readonly string[], mostParts: number): readonly string[] {
  const first = Math.floor(mostParts / 2);
  const last = mostParts - first;
  const gap = parts.slice(first, parts.length - last).reduce((sum, part) => sum + part.length, 0);
  return parts.flatMap((part, index) => {
    if (index >= first && index < parts.length - last) return [];
    return [index === parts.length - last ? `… (${gap} characters left out) …\n${part}` : part];
  });
}

/** Neighbouring lines in texts of at most so many tokens each; a line that is longer by itself is divided. */
export function packLines(lines: readonly string[], tokens: number): readonly string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let taken = 0;
  for (const line of lines.flatMap(whole => divide(whole, tokens))) {
    const weight = carefulTokens(line) + 1;
    if (part.length > 0 && taken + weight > tokens) {
      parts.push(part.join('\n'));
      [part, taken] = [[], 0];
    }
    part.push(line);
    taken += weight;
  }
  return part.length === 0 ? parts : [...parts, part.join('\n')];
}

function divide(line: string, tokens: number): readonly string[] {
  if (line.length <= 1 || carefulTokens(line) <= tokens) return [line];
  const half = Math.ceil(line.length / 2);
  const middle = isWithinPair(line, half) ? half + 1 : half;
  return [...divide(line.slice(0, middle), tokens), ...divide(line.slice(middle), tokens)];
}

export type SummaryWork =
  | { readonly kind: 'ask'; readonly text: string }
  /** A model had nothing to say of a part: there is no summary of the whole. */
  | { readonly kind: 'nothing' }
  /** `summary` is not clipped yet. */
  | { readonly kind: 'done'; readonly summary: string };

/**
 * What is to be asked next, given the answers that there are. Each part is summarized by itself; then the summaries are, in their order, until there is
 * one. The same parts and answers always lead to the same next step.
 */
export function nextSummaryWork(
  parts: readonly string[],
  tokensPerCall: number,
  answerTo: (text: string) => string | undefined,
): SummaryWork {
  const answers: string[] = [];
  for (const [index, part] of parts.entries()) {
    const text = parts.length === 1 ? part : `(Part ${index + 1} of ${parts.length}.)\n${part}`;
    const answer = answerTo(text);
    if (answer === undefined) return { kind: 'ask', text };
    if (answer === '') return { kind: 'nothing' };
    answers.push(answer);
  }
  const [only] = answers;
  if (only === undefined) return { kind: 'nothing' };
  if (answers.length === 1) return { kind: 'done', summary: only };
  const share = Math.floor(tokensPerCall / 4);
  const lines = answers.map((answer, index) => `[summary of part ${index + 1}] ${shortenToTokens(answer, share)}`);
  const merged = packLines(lines, tokensPerCall);
  // Windows too small even for that: the summaries stand side by side.
  if (merged.length >= parts.length) return { kind: 'done', summary: answers.join('\n\n') };
  return nextSummaryWork(merged, tokensPerCall, answerTo);
}

function shortenToTokens(text: string, tokens: number): string {
  const all = carefulTokens(text);
  return all <= tokens ? text : shorten(text, Math.floor((text.length * tokens) / all));
}
