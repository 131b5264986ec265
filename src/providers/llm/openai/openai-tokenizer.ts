import type * as Tokenizer from 'gpt-tokenizer/encoding/o200k_base';
import { lazy } from '../../lazy.js';

type Count = (text: string) => number;
type Encoding = 'o200k_base' | 'cl100k_base';

const loaders: Readonly<Record<Encoding, () => Promise<Count>>> = {
  o200k_base: lazy(async () => counter(await import('gpt-tokenizer/encoding/o200k_base'))),
  cl100k_base: lazy(async () => counter(await import('gpt-tokenizer/encoding/cl100k_base'))),
};

/** How OpenAI's own models count texts; null for models of others. The tables are loaded when they are first needed: they take a second and some memory. */
export async function openAiTokenizer(model: string): Promise<Count | null> {
  const encoding = encodingOf(model);
  return encoding === null ? null : loaders[encoding]();
}

function encodingOf(model: string): Encoding | null {
  if (/^(gpt-4o|gpt-4\.\d|gpt-[5-9]|chatgpt-|o\d)/.test(model)) return 'o200k_base';
  return /^gpt-(4|3\.5)(-|$)/.test(model) ? 'cl100k_base' : null;
}

/** Characters. Joining tokens takes the square of the length of a stretch without a break. */
const longestStretch = 400;
const longStretches = new RegExp(`\\S{${longestStretch},}`, 'g');

function counter({ countTokens }: Pick<typeof Tokenizer, 'countTokens'>): Count {
  const plain: Count = text => countTokens(text, { disallowedSpecial: new Set() });
  return text => split(text).reduce((sum, part) => sum + plain(part), 0);
}

/** Cut within stretches that are longer than words are, nowhere else: base64, say. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(longStretches)) {
    const end = match.index + match[0].length;
    for (let cut = match.index + longestStretch; cut < end; cut += longestStretch) {
      parts.push(text.slice(start, cut));
      start = cut;
    }
  }
  return [...parts, text.slice(start)];
}
