/** What stands under a key once it is put. */
export interface StoredObject {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Where the bytes of uploaded files are kept. A key is written once; nothing of an object can be read before all of it has been written. */
export interface ObjectStorage {
  /** Writes a stream under the key; where the stream or the signal breaks it off, nothing is left under it. */
  readonly put: (key: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal) => Promise<StoredObject>;
  /** The bytes under a key; undefined where there are none. */
  readonly get: (key: string, signal?: AbortSignal) => Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Does nothing where the key holds nothing. */
  readonly delete: (key: string) => Promise<void>;
}

/** The storage cannot be read now; what is in it may be read later. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway';
}
