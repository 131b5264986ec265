import { z } from 'zod';
import { define, optionalText, text, url } from './define-setting.js';

/** Settings of uploaded files: where their bytes are kept, and how they are read. */
export const fileSettings = {
  objectStorage: define(
    ['PERDURA_OBJECT_STORAGE'],
    z.enum(['local', 's3']).default('local'),
    'Where the bytes of uploaded files are kept: local is the data folder, which the API and all workers then have to share; s3 is a bucket.',
  ),
  s3Bucket: define(['PERDURA_S3_BUCKET'], optionalText, 'Bucket for uploaded files.'),
  s3Prefix: define(
    ['PERDURA_S3_PREFIX'],
    z
      .string()
      .regex(/^([\w-]+\/)*$/)
      .default(''),
    'Begins the keys of all objects in the bucket, so that several servers can share it: such as perdura/.',
  ),
  s3Region: define(['PERDURA_S3_REGION', 'AWS_REGION'], text.default('us-east-1'), 'Region of the bucket.'),
  s3Endpoint: define(['PERDURA_S3_ENDPOINT'], url.nullable().default(null), 'Root of a server that speaks S3; the default is Amazon.'),
  s3AccessKeyId: define(
    ['PERDURA_S3_ACCESS_KEY_ID'],
    optionalText,
    "Id of the key for the bucket; without one the SDK's own ways of finding credentials hold.",
  ),
  s3SecretAccessKey: define(['PERDURA_S3_SECRET_ACCESS_KEY'], optionalText, 'The key itself.', true),
} as const;
