import { createHash } from 'node:crypto';

/** In bytes of the text. Stores bound what they filter by: the tightest takes words of 4 KiB. */
const longest = 1000;

/** Any text as one word of letters and digits: what stores cut, fold, escape or bound in words stays out of their way. Never empty. */
export function exactWord(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length > longest ? `h${createHash('sha256').update(bytes).digest('hex')}` : `x${bytes.toString('hex')}`;
}
