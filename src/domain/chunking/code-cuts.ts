import type { Cuts, Span } from './chunk-text.js';

interface Line {
  readonly start: number;
  readonly indent: number;
  /** It ends or goes on with what the line before has begun. */
  readonly isContinuation: boolean;
  /** It belongs to the line after it: a comment, a decorator. */
  readonly leads: boolean;
  readonly followsBlank: boolean;
}

/**
 * Code by its indentation, which all the languages share that people write: before the outermost declarations first, then before what is within them. Where
 * blank lines part the declarations, the cuts stand there.
 */
export const codeCuts: Cuts = (text, span) => {
  const lines = linesOf(text, span).filter((line, index, all) => index > 0 && !line.isContinuation && all[index - 1]?.leads !== true);
  const outermost = lines.reduce((least, { indent }) => Math.min(least, indent), Number.POSITIVE_INFINITY);
  const candidates = lines.filter(({ indent }) => indent === outermost);
  const parted = candidates.filter(({ followsBlank }) => followsBlank);
  return (parted.length > 0 ? parted : candidates).map(({ start }) => start);
};

const continuation = /^(?:[)\]}>]|<\/|end\b|else\b|elif\b|elsif\b|except\b|finally\b|catch\b|rescue\b|then\b|do\b)/;
const leading = /^(?:#(?!include|define|if|endif)|\/\/|\/\*|\*|--|@|\[[A-Z])/;
const tabWidth = 4;

function linesOf(text: string, { start, end }: Span): Line[] {
  const lines: Line[] = [];
  let followsBlank = false;
  for (let at = start; at < end;) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 || newline >= end ? end : newline + 1;
    // A line that is indented further than this is no worse off without its cut.
    const head = text.slice(at, Math.min(lineEnd, at + 200));
    const body = head.trimStart();
    if (body === '') {
      followsBlank = true;
    } else {
      const indent = [...head.slice(0, head.length - body.length)].reduce((sum, space) => sum + (space === '\t' ? tabWidth : 1), 0);
      lines.push({ start: at, indent, isContinuation: continuation.test(body), leads: leading.test(body), followsBlank });
      followsBlank = false;
    }
    at = lineEnd;
  }
  return lines;
}
