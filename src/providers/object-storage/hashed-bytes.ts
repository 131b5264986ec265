import { createHash } from 'node:crypto';
import type { StoredObject } from '../../domain/files/object-storage.js';

export interface HashedBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of what has passed so far. */
  readonly seen: () => StoredObject;
}

/** Measures what passes. */
export function hashedBytes(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): HashedBytes {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      signal?.throwIfAborted();
      hash.update(piece);
      sizeBytes += piece.byteLength;
      yield piece;
    }
    signal?.throwIfAborted();
  }
  return { bytes: pass(), seen: () => ({ sizeBytes, sha256: hash.copy().digest('hex') }) };
}
