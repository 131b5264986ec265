import type { Cuts } from './chunk-text.js';

/** Behind every match of the pattern that ends within the span. */
function cutsBehind(pattern: RegExp): Cuts {
  return (text, { start, end }) => {
    const places: number[] = [];
    for (const match of text.slice(start, end).matchAll(pattern)) {
      const place = start + match.index + match[0].length;
      if (place > start && place < end) places.push(place);
    }
    return places;
  };
}

export const lineCuts = cutsBehind(/\n/g);
export const paragraphCuts = cutsBehind(/\n[^\S\n]*\n\s*/g);
export const clauseCuts = cutsBehind(/[,;:]\s+|[，；：、]/g);

/** Before the white space: a token begins with it. */
export const wordCuts: Cuts = (text, { start, end }) => {
  const matches = [...text.slice(start, end).matchAll(/\s+/g)];
  return matches.map(({ index }) => start + index).filter(place => place > start);
};

/** A full stop within a sentence is mostly followed by a small letter. */
export const sentenceCuts = cutsBehind(
  /[.!?…]["'”’)\]]{0,3}\s+(?=["'“‘([]?[\p{Lu}\p{Lo}\p{N}])|[。！？]["'”’」』）]{0,3}|\n[^\S\n]*\n\s*/gu,
);

/** The finest: anywhere but within a character. Pieces are so short that a handful of them makes a chunk, however many tokens their characters take. */
export function characterCuts(maxTokens: number): Cuts {
  const step = Math.max(1, Math.floor(maxTokens / 8));
  return (text, { start, end }) => {
    const places: number[] = [];
    for (let place = start + step; place < end; place += step) {
      if (isLowSurrogate(text.charCodeAt(place))) place += 1;
      if (place < end) places.push(place);
    }
    return places;
  };
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
