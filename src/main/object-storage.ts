import { join, resolve } from 'node:path';
import type { Settings } from '../config/settings.js';
import type { ObjectStorage } from '../domain/files/object-storage.js';
import { StartupError } from '../embedded/startup-error.js';
import { createLocalObjectStorage } from '../providers/object-storage/local-object-storage.js';
import { createS3ObjectStorage } from '../providers/object-storage/s3-object-storage.js';

export interface ClosableObjectStorage extends ObjectStorage {
  close(): Promise<void>;
}

/** Where the settings have the bytes of uploaded files kept. Throws StartupError when they do not say enough. */
export function createObjectStorage(settings: Settings): ClosableObjectStorage {
  if (settings.objectStorage === 'local') {
    return { ...createLocalObjectStorage(join(resolve(settings.dataDir), 'files')), close: () => Promise.resolve() };
  }
  const { s3Bucket: bucket, s3Prefix: prefix, s3Region: region, s3Endpoint: endpoint, s3AccessKeyId, s3SecretAccessKey } = settings;
  if (bucket === null) throw new StartupError('PERDURA_OBJECT_STORAGE is s3, but there is no bucket: set PERDURA_S3_BUCKET.');
  if ((s3AccessKeyId === null) !== (s3SecretAccessKey === null)) {
    throw new StartupError('A key for the bucket has two parts: set both PERDURA_S3_ACCESS_KEY_ID and PERDURA_S3_SECRET_ACCESS_KEY.');
  }
  const credentials =
    s3AccessKeyId === null || s3SecretAccessKey === null ? null : { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey };
  return createS3ObjectStorage({ bucket, prefix, region, endpoint, credentials });
}
