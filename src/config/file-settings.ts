import { z } from 'zod';
import { define, milliseconds, optionalText, positive, text, url } from './define-setting.js';

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
  fileConcurrency: define(['PERDURA_FILE_CONCURRENCY'], positive.default(2), 'Files that one worker reads at once.'),
  fileTimeoutMinutes: define(
    ['PERDURA_FILE_TIMEOUT_MINUTES', 'LETTA_FILE_PROCESSING_TIMEOUT_MINUTES'],
    positive.default(30),
    'After how many minutes the parsing of a file is given up. Chunks and vectors are made for as long as it takes.',
  ),
  fileMaxCharacters: define(
    ['PERDURA_FILE_MAX_CHARACTERS'],
    positive.default(100_000_000),
    'Characters of text that a file holds at most.',
  ),
  fileEmbeddingBatch: define(['PERDURA_FILE_EMBEDDING_BATCH'], positive.default(128), 'Chunks of a file whose vectors are made at once.'),
  parserMemoryMb: define(
    ['PERDURA_PARSER_MEMORY_MB'],
    positive.default(512),
    'Memory that the process may take which parses a PDF, a Word document or a web page, in MB.',
  ),
  parserStallMs: define(
    ['PERDURA_PARSER_STALL_MS'],
    milliseconds.default(60_000),
    'How long that process may come no further, in ms. Then the file cannot be read.',
  ),
  visionModel: define(
    ['PERDURA_VISION_MODEL'],
    optionalText,
    'Handle of the model that reads uploaded images, such as openai/gpt-4.1-mini; without one OCR reads them, if there is a key for it.',
  ),
  mistralApiKey: define(
    ['LETTA_MISTRAL_API_KEY', 'MISTRAL_API_KEY'],
    optionalText,
    'Key for the OCR of Mistral, which uploaded PDFs are sent to then, and images where no model is set for them.',
    true,
  ),
  mistralBaseUrl: define(['MISTRAL_BASE_URL'], url.default('https://api.mistral.ai/v1'), "Root of Mistral's API."),
  pictureMaxBytes: define(
    ['PERDURA_PICTURE_MAX_BYTES'],
    positive.default(20 * 1024 * 1024),
    'Bytes of an image, or of a PDF for OCR, that a model is sent at most.',
  ),
} as const;
