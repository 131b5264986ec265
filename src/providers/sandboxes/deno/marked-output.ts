import type { Readable } from 'node:stream';

export interface MarkedOutputOptions {
  /** Comes once, between what the code prints and what came of it. */
  readonly mark: string;
  /** Of what is printed; the rest is counted. */
  readonly printedBytes: number;
  readonly resultBytes: number;
  /** Called when more comes than anybody should read: the rest is not waited for. */
  readonly onFlood: () => void;
}

export interface MarkedOutput {
  /** What came before the mark, its end left out where it is too long. */
  printed(): string;
  /** What came behind the mark; null without one. */
  result(): { readonly text: string; readonly isWhole: boolean } | null;
}

/** Reading what nobody keeps costs this process its time. */
const floodFactor = 32;

/** Divides a stream at a mark, however its chunks are cut, and holds no more of it than is kept. */
export function readMarked(stream: Readable, options: MarkedOutputOptions): MarkedOutput {
  const mark = Buffer.from(options.mark);
  const printed = bounded(options.printedBytes, options.onFlood);
  const result = bounded(options.resultBytes, options.onFlood);
  let isBehind = false;
  // May be the beginning of the mark.
  let held = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    if (isBehind) {
      result.add(chunk);
      return;
    }
    const bytes = Buffer.concat([held, chunk]);
    const at = bytes.indexOf(mark);
    isBehind = at !== -1;
    const end = isBehind ? at : Math.max(0, bytes.length - mark.length + 1);
    printed.add(bytes.subarray(0, end));
    held = isBehind ? Buffer.alloc(0) : bytes.subarray(end);
    if (isBehind) result.add(bytes.subarray(at + mark.length));
  });
  return {
    printed() {
      const text = printed.text();
      const missing = printed.missing();
      return missing > 0 ? `${text}\n... [${missing} bytes more]` : text + held.toString();
    },
    result: () => (isBehind ? { text: result.text(), isWhole: result.missing() === 0 } : null),
  };
}

function bounded(maxBytes: number, onFlood: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer): void {
      const room = maxBytes - size;
      const wasFlood = size > maxBytes * floodFactor;
      size += chunk.length;
      if (room > 0) chunks.push(chunk.subarray(0, room));
      if (!wasFlood && size > maxBytes * floodFactor) onFlood();
    },
    missing: () => Math.max(0, size - maxBytes),
    // A character that the cut goes through is left out whole.
    text: () => new TextDecoder().decode(Buffer.concat(chunks), { stream: size > maxBytes }),
  };
}
