import { define, milliseconds, positive } from './define-setting.js';

/** Settings of the uploads of files, and of their deletion. */
export const uploadSettings = {
  fileMaxBytes: define(['PERDURA_FILE_MAX_BYTES'], positive.default(512 * 1024 * 1024), 'Largest file that can be uploaded, in bytes.'),
  uploadTimeoutMs: define(
    ['PERDURA_UPLOAD_TIMEOUT_MS'],
    milliseconds.default(3_600_000),
    'How long an upload may take, in ms. What a crash leaves of one is taken away after twice this time.',
  ),
  fileDeletionBatch: define(['PERDURA_FILE_DELETION_BATCH'], positive.default(500), 'Passages of deleted files that go at once.'),
} as const;
