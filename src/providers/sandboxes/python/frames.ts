import type { Readable, Writable } from 'node:stream';

const headerBytes = 4;

/** One message: its length in bytes, big-endian, and its JSON. */
export function writeFrame(stream: Writable, message: unknown): void {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(body.length);
  stream.write(Buffer.concat([header, body]));
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** The messages of a stream. Throws FrameError for what is longer than `maxBytes`, or no JSON. */
export async function* readFrames(stream: Readable, maxBytes: number): AsyncGenerator<unknown, undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted: number | null = null;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    for (;;) {
      if (size < (wanted ?? headerBytes)) break;
      const buffer: Buffer = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      const taken: number = wanted ?? headerBytes;
      const part = buffer.subarray(0, taken);
      chunks = [buffer.subarray(taken)];
      size = buffer.length - taken;
      if (wanted === null) {
        wanted = part.readUInt32BE();
        if (wanted > maxBytes) throw new FrameError(`it is ${wanted} bytes long, and ${maxBytes} are read at most`);
      } else {
        wanted = null;
        yield parse(part);
      }
    }
  }
  return undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new FrameError('it is no JSON');
  }
}
