import type { Readable } from 'node:stream';

export interface BoundedText {
  /** What has come so far, its end cut off where it was too long. */
  text(): string;
}

/** Reads a stream to its end and keeps its beginning. `onFlood` is called once when far more comes than is kept. */
export function keepBeginning(stream: Readable, maxBytes: number, onFlood: () => void): BoundedText {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = maxBytes - size;
    const wasFlood = size > maxBytes * floodFactor;
    size += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    if (!wasFlood && size > maxBytes * floodFactor) onFlood();
  });
  return {
    text() {
      // A character that the cut goes through is left out whole.
      const text = new TextDecoder().decode(Buffer.concat(chunks), { stream: size > maxBytes });
      return size > maxBytes ? `${text}\n... [${size - maxBytes} bytes more]` : text;
    },
  };
}

/** Reading what nobody keeps costs this process its time. */
const floodFactor = 32;
