import { define, milliseconds, positive } from './define-setting.js';

/** Settings of the uploads of files, of their deletion, and of searches in them. */
export const uploadSettings = {
  fileMaxBytes: define(['PERDURA_FILE_MAX_BYTES'], positive.default(512 * 1024 * 1024), 'Largest file that can be uploaded, in bytes.'),
  uploadTimeoutMs: define(
    ['PERDURA_UPLOAD_TIMEOUT_MS'],
    milliseconds.default(3_600_000),
    'How long an upload may take, in ms. What a crash leaves of one is taken away after twice this time.',
  ),
  fileDeletionBatch: define(['PERDURA_FILE_DELETION_BATCH'], positive.default(500), 'Passages of deleted files that go at once.'),
  grepTimeoutMs: define(
    ['PERDURA_GREP_TIMEOUT_MS'],
    milliseconds.default(30_000),
    'How long a search of an agent in its files by a pattern may take, in ms.',
  ),
  grepFileCharacters: define(
    ['PERDURA_GREP_FILE_CHARACTERS'],
    positive.default(50 * 1024 * 1024),
    'Characters of the largest file that such a search goes through.',
  ),
  grepTotalCharacters: define(
    ['PERDURA_GREP_TOTAL_CHARACTERS'],
    positive.default(200 * 1024 * 1024),
    'Characters of all files that such a search goes through at most.',
  ),
} as const;
