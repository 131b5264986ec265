import { storableText } from '../storable-text.js';
import { betweenSentences, viewLines } from './line-view.js';
import type { ViewStyle } from './line-view.js';

/** A part of a text, with its place in the numbered view. The texts of all parts, one behind the other, are the whole. */
export interface ContentPart {
  /** From 0. */
  readonly part: number;
  /** Lines before it. */
  readonly firstLine: number;
  readonly lineCount: number;
  readonly text: string;
}

export interface ContentCutter {
  /** The parts that are complete with this piece of the text. */
  push(piece: string): ContentPart[];
  /** What is left. */
  end(): ContentPart[];
}

/** Characters of a part. */
const usualPart = 64 * 1024;
/** A line that is longer than this is several ones: no part has to hold more. */
const longestPart = 4 * usualPart;

/** Cuts a text that comes in pieces where lines of its view end, so that the view can be read part by part. */
export function createContentCutter(style: ViewStyle): ContentCutter {
  let rest = '';
  let part = 0;
  let firstLine = 0;
  const take = (length: number): ContentPart => {
    const text = storableText(rest.slice(0, length));
    rest = rest.slice(length);
    const lineCount = viewLines(text, style).length;
    const made = { part, firstLine, lineCount, text };
    part += 1;
    firstLine += lineCount;
    return made;
  };
  return {
    push(piece) {
      rest += piece;
      const parts: ContentPart[] = [];
      while (rest.length >= usualPart) {
        const end = lastEnd(rest.slice(0, usualPart), style) ?? lastEnd(rest.slice(0, longestPart), style);
        if (end === null && rest.length < longestPart) break;
        parts.push(take(end ?? wholeCharacters(rest, longestPart)));
      }
      return parts;
    },
    end: () => (rest === '' ? [] : [take(rest.length)]),
  };
}

/** Behind the last line or sentence of a text that ends in it. */
function lastEnd(text: string, style: ViewStyle): number | null {
  if (style !== 'sentences') {
    const end = text.lastIndexOf('\n') + 1;
    return end === 0 ? null : end;
  }
  let end: number | null = null;
  for (const { 0: gap, index } of text.matchAll(betweenSentences)) end = index + gap.length;
  return end;
}

/** A pair of surrogates is not torn apart. */
function wholeCharacters(text: string, length: number): number {
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
