import { define, milliseconds, optionalText, positive } from './define-setting.js';

/** Settings of embeddings, of archives, and of how long things are kept. */
export const archiveSettings = {
  defaultEmbedding: define(
    ['PERDURA_EMBEDDING', 'LETTA_DEFAULT_EMBEDDING_HANDLE'],
    optionalText,
    'Handle of the embedding model of agents and archives that name none, such as perdura/minilm. Without one theirs are found by their words alone.',
  ),
  embeddingBatchTexts: define(['PERDURA_EMBEDDING_BATCH_TEXTS'], positive.default(256), 'Texts that one embedding request holds at most.'),
  embeddingBatchTokens: define(
    ['PERDURA_EMBEDDING_BATCH_TOKENS'],
    positive.default(200_000),
    'Tokens that one embedding request holds at most, by estimate.',
  ),
  embeddingCacheDays: define(
    ['PERDURA_EMBEDDING_CACHE_DAYS'],
    positive.default(30),
    'For how many days after its last use the vector of a text is kept, so that the same text is not embedded again.',
  ),
  embeddingCacheRows: define(['PERDURA_EMBEDDING_CACHE_ROWS'], positive.default(100_000), 'How many of these vectors are kept at most.'),
  archivalTokenLimit: define(
    ['PERDURA_ARCHIVAL_TOKEN_LIMIT', 'LETTA_ARCHIVAL_MEMORY_TOKEN_LIMIT'],
    positive.default(8192),
    'Tokens that a passage has at most which the API inserts, by estimate.',
  ),
  reembedBatchSize: define(
    ['PERDURA_REEMBED_BATCH'],
    positive.default(200),
    'Passages whose vectors are made anew at once, after a change of an embedding model.',
  ),
  retentionMessages: define(
    ['PERDURA_RETENTION_MESSAGES_DAYS'],
    positive.nullable().default(null),
    'After how many days a message is deleted that is in no context; for ever without. Agents and organisations may say otherwise: /v1/retention.',
  ),
  retentionRuns: define(
    ['PERDURA_RETENTION_RUNS_DAYS'],
    positive.nullable().default(null),
    'As before, for runs that have ended, with their steps, events and traces.',
  ),
  retentionPassages: define(
    ['PERDURA_RETENTION_PASSAGES_DAYS'],
    positive.nullable().default(null),
    'As before, for passages of archives, since they were inserted.',
  ),
  retentionIntervalMs: define(
    ['PERDURA_RETENTION_INTERVAL_MS'],
    milliseconds.default(3_600_000),
    'How often what is too old is deleted, in ms.',
  ),
  rowsDeletedAtOnce: define(
    ['PERDURA_ROWS_DELETED_AT_ONCE'],
    positive.default(20_000),
    'Messages of an agent, or passages of an archive, that its deletion takes at once. One that has more is deleted by a job, batch by batch.',
  ),
  retentionBatch: define(['PERDURA_RETENTION_BATCH'], positive.default(500), 'Rows that are deleted at once for their age, or in a purge.'),
} as const;
