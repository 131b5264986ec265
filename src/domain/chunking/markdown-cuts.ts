import type { Cuts, Span } from './chunk-text.js';

interface Line extends Span {
  /** 1 to 6; null = no heading. */
  readonly heading: number | null;
  readonly isBlank: boolean;
}

/** Before the headings of the highest rank that has any within the span: sections first, then their own sections. */
export const sectionCuts: Cuts = (text, span) => {
  const headings = linesOutsideOfFences(text, span).filter(line => line.heading !== null && line.start > span.start);
  const highest = headings.reduce((rank, { heading }) => Math.min(rank, heading ?? rank), Number.POSITIVE_INFINITY);
  return headings.filter(({ heading }) => heading === highest).map(({ start }) => start);
};

/** Behind blank lines, but never within a fenced block of code. */
export const markdownBlockCuts: Cuts = (text, span) => {
  const blanks = linesOutsideOfFences(text, span).filter(({ isBlank }) => isBlank);
  return blanks.map(({ end }) => end).filter(place => place > span.start && place < span.end);
};

function linesOutsideOfFences(text: string, { start, end }: Span): Line[] {
  const lines: Line[] = [];
  let fence: string | null = null;
  for (let at = start; at < end;) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 || newline >= end ? end : newline + 1;
    // What makes a heading or a fence stands at a line's beginning, and lines can be long.
    const head = text.slice(at, Math.min(lineEnd, at + 200));
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(head)?.[1];
    if (fence === null) {
      const heading = /^ {0,3}(#{1,6})(?:\s|$)/.exec(head)?.[1]?.length ?? null;
      lines.push({ start: at, end: lineEnd, heading, isBlank: head.trim() === '' });
    }
    if (mark !== undefined) fence = fenceBehind(fence, mark);
    at = lineEnd;
  }
  return lines;
}

/** The mark that closes what is open behind the line: a fence is closed by one of its own kind that is no shorter. */
function fenceBehind(fence: string | null, mark: string): string | null {
  if (fence === null) return mark;
  return mark.startsWith(fence) ? null : fence;
}
