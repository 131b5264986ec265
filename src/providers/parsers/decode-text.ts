import { UnreadableDocument } from '../../domain/files/document-parser.js';

/** So many bytes at the beginning of a text tell how it is encoded. */
export const sampleBytes = 64 * 1024;

/** Text of bytes in any of the usual encodings. Throws UnreadableDocument for what is no text. `sample` = the beginning of the bytes. */
export async function* decodeText(sample: Uint8Array, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(sample));
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** What is no valid UTF-8 is guessed at by how often its bytes occur: the tables are loaded with the first such text. */
async function encodingOf(sample: Uint8Array): Promise<string> {
  const wide = byteOrderMark(sample) ?? wideWithoutMark(sample);
  if (wide !== null) return wide;
  if (looksBinary(sample)) throw new UnreadableDocument('The file holds binary data, which cannot be read as text.');
  if (isUtf8(sample)) return 'utf-8';
  const { detect } = await import('chardet');
  const guess = detect(sample)?.toLowerCase() ?? null;
  return guess !== null && guess !== 'utf-8' && isKnown(guess) ? guess : 'windows-1252';
}

function byteOrderMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null;
}

/** In UTF-16 of most languages each second byte of many is zero, on one side only. */
function wideWithoutMark(sample: Uint8Array): string | null {
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const most = Math.max(even, odd);
  if (sample.length < 8 || most < sample.length / 8 || Math.min(even, odd) > most / 8) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Of a hundred. Texts have control characters now and then, data has them all over. */
const mostControls = 5;

function looksBinary(sample: Uint8Array): boolean {
  const controls = sample.reduce((sum, byte) => sum + (isControl(byte) ? 1 : 0), 0);
  return controls * 100 > sample.length * mostControls;
}

/** Tabs, line ends, form feeds and escape sequences belong to texts. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b;
}

/** The sample may end within a character. */
function isUtf8(sample: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function isKnown(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
