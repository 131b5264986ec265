import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStorage } from '../../domain/files/object-storage.js';
import { lazy } from '../lazy.js';
import { hashedBytes } from './hashed-bytes.js';
import { assertObjectKey } from './object-key.js';

export interface S3Options {
  readonly bucket: string;
  /** Before all keys, so that several servers can share a bucket. */
  readonly prefix: string;
  readonly region: string;
  /** Null = Amazon's own. */
  readonly endpoint: string | null;
  /** Null = what the SDK finds in its environment, as on a machine of Amazon's. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** Bytes of one part of an upload: what an upload holds in memory is a few of them. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 2;

/** Objects in a bucket that speaks the protocol of Amazon's S3. The SDK is loaded with the first of them. */
export function createS3ObjectStorage(options: S3Options): ObjectStorage & { close(): Promise<void> } {
  const { bucket: Bucket, prefix } = options;
  const sdk = lazy(async () => {
    const s3 = await import('@aws-sdk/client-s3');
    return { ...s3, client: createClient(s3.S3Client, options) };
  });
  let isUsed = false;
  const ready = (): ReturnType<typeof sdk> => {
    isUsed = true;
    return sdk();
  };
  const placeOf = (key: string): { Bucket: string; Key: string } => {
    assertObjectKey(key);
    return { Bucket, Key: `${prefix}${key}` };
  };
  return {
    async put(key, bytes, signal) {
      const place = placeOf(key);
      const [{ client }, { Upload }] = await Promise.all([ready(), import('@aws-sdk/lib-storage')]);
      const { bytes: measured, seen } = hashedBytes(bytes, signal);
      const body = Readable.from(measured, { objectMode: false });
      // What breaks off takes its parts away with it, before it fails.
      const upload = new Upload({ client, params: { ...place, Body: body }, partSize: partBytes, queueSize: partsAtOnce });
      const abort = (): void => void body.destroy(signal?.reason as Error);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        signal?.throwIfAborted();
        await upload.done();
      } finally {
        signal?.removeEventListener('abort', abort);
      }
      return seen();
    },

    async get(key, signal) {
      const place = placeOf(key);
      const { client, GetObjectCommand, NoSuchKey } = await ready();
      try {
        const { Body } = await client.send(new GetObjectCommand(place), signal === undefined ? {} : { abortSignal: signal });
        return Body === undefined ? undefined : (Body as Readable);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async delete(key) {
      const place = placeOf(key);
      const { client, DeleteObjectCommand } = await ready();
      await client.send(new DeleteObjectCommand(place));
    },

    async close() {
      if (isUsed) (await sdk()).client.destroy();
    },
  };
}

function createClient(Client: typeof S3Client, { region, endpoint, credentials }: S3Options): S3Client {
  return new Client({
    region,
    ...(credentials === null ? {} : { credentials }),
    // Servers other than Amazon's have no host name for each bucket, and not all of them know the newer checksums.
    ...(endpoint === null
      ? {}
      : { endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
  });
}
