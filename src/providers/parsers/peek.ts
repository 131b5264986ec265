export interface PeekedBytes {
  /** The first bytes, as many as were asked for or as there are. */
  readonly head: Uint8Array;
  /** All of them, the first ones included. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** For whoever does not want the bytes. */
  readonly close: () => Promise<unknown>;
}

/** Looks at the beginning of a stream without taking it away. */
export async function peek(source: AsyncIterable<Uint8Array>, length: number): Promise<PeekedBytes> {
  const pieces = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let known = 0;
  while (known < length) {
    const piece = await pieces.next();
    if (piece.done === true) break;
    first.push(piece.value);
    known += piece.value.byteLength;
  }
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const value = first.shift();
    return value === undefined ? pieces.next() : { done: false, value };
  };
  const close = async (): Promise<IteratorResult<Uint8Array>> => {
    await pieces.return?.();
    return { done: true, value: undefined };
  };
  const head = Buffer.concat(first).subarray(0, length);
  return { head, bytes: { [Symbol.asyncIterator]: () => ({ next, return: close }) }, close };
}
