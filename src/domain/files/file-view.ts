import { countCharacters } from '../memory/count-characters.js';
import type { ViewStyle } from './line-view.js';

/** Which lines are asked for; null = from the start, to the end. Both count from 0, the end is behind the last one. */
export interface LineRange {
  readonly start: number | null;
  readonly end: number | null;
}

export const wholeFile: LineRange = { start: null, end: null };

/** V1's word for what is numbered. */
export function lineWord(style: ViewStyle): string {
  return style === 'sentences' ? 'sentences' : 'lines';
}

/** The line above a view: what of the file it shows. */
export function viewHeader({ start, end }: LineRange, lineCount: number, style: ViewStyle): string {
  const word = lineWord(style);
  if (start === null) return `[Viewing file start (out of ${lineCount} ${word})]`;
  const last = end === null ? 'end' : String(Math.min(end, lineCount));
  return `[Viewing ${word} ${start + 1} to ${last} (out of ${lineCount} ${word})]`;
}

export function numberedLine(index: number, line: string): string {
  return `${index + 1}: ${line}`;
}

const truncationNote = '...[TRUNCATED]\n# NOTE: This block is truncated, use functions to view the full content.';

/** What the prompt shows of a view: no more characters than the limit, the note that something is missing among them. */
export function clipView(view: string, limit: number): string {
  if (countCharacters(view) <= limit) return view;
  return `${clippedTo(view, Math.max(0, limit - truncationNote.length))}${truncationNote}`;
}

/** No pair of surrogates is torn apart. */
export function clippedTo(text: string, count: number): string {
  if (text.length <= count) return text;
  let units = 0;
  for (let characters = 0; characters < count && units < text.length; characters += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, units);
}
