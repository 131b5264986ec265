/** How a text is numbered: by its lines as they are indented, by its lines without what stands around them, or by its sentences. */
export type ViewStyle = 'code' | 'lines' | 'sentences';

/** The lines of a text as agents count them. Empty ones do not count. */
export function viewLines(text: string, style: ViewStyle): string[] {
  if (style === 'sentences') return kept(text.trim().split(betweenSentences), sentence => sentence.trim().replaceAll(/\s+/g, ' '));
  return kept(text.split(lineEnd), style === 'code' ? line => line.trimEnd() : line => line.trim());
}

/** Where a text of sentences may be cut: behind the end of one, where the next begins. */
export const betweenSentences = /(?<=[.!?])\s+(?=[A-Z])/g;

/** All that ends a line for V1. */
// eslint-disable-next-line no-control-regex -- these control characters end lines
const lineEnd = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;

function kept(pieces: readonly string[], clean: (piece: string) => string): string[] {
  return pieces.map(clean).filter(line => line !== '');
}
