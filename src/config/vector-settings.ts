import { z } from 'zod';
import { define, milliseconds, optionalText, positive, text, url } from './define-setting.js';

/** Settings of the stores that vectors are searched in. */
export const vectorSettings = {
  vectorStore: define(
    ['PERDURA_VECTOR_STORE'],
    z.enum(['pgvector', 'redis', 'weaviate', 'turbopuffer']).nullable().default(null),
    'Where vectors are searched: pgvector is Postgres itself. A worker that starts moves them there; without it they stay where npm run vectors:move put them.',
  ),
  vectorRedisUrl: define(
    ['PERDURA_VECTOR_REDIS_URL'],
    z
      .url({ protocol: /^rediss?$/ })
      .nullable()
      .default(null),
    'Redis with RediSearch (Redis Stack, Redis 8) as a vector store: redis://user:password@host:port/database.',
    true,
  ),
  vectorWeaviateUrl: define(['PERDURA_VECTOR_WEAVIATE_URL'], url.nullable().default(null), 'Weaviate as a vector store: its REST API.'),
  vectorWeaviateGrpcUrl: define(
    ['PERDURA_VECTOR_WEAVIATE_GRPC_URL'],
    url.nullable().default(null),
    "Weaviate's gRPC API; the default is port 50051 of the host of its REST API.",
  ),
  vectorWeaviateApiKey: define(['PERDURA_VECTOR_WEAVIATE_API_KEY'], optionalText, 'Key for Weaviate.', true),
  turbopufferApiKey: define(['TURBOPUFFER_API_KEY', 'LETTA_TPUF_API_KEY'], optionalText, 'Key for Turbopuffer as a vector store.', true),
  turbopufferUrl: define(
    ['TURBOPUFFER_BASE_URL'],
    url.nullable().default(null),
    "Root of Turbopuffer's API; the default is that of its region.",
  ),
  turbopufferRegion: define(
    ['TURBOPUFFER_REGION', 'LETTA_TPUF_REGION'],
    text.regex(/^[\w-]+$/).default('gcp-us-central1'),
    'Region of Turbopuffer.',
  ),
  vectorNamespace: define(
    ['PERDURA_VECTOR_NAMESPACE'],
    text.regex(/^[a-z][a-z0-9]{0,29}$/).default('perdura'),
    'Begins the names of all that is kept in a vector store, so that several servers can share one.',
  ),
  vectorSearchTimeoutMs: define(
    ['PERDURA_VECTOR_SEARCH_TIMEOUT_MS'],
    milliseconds.default(2000),
    'How long a vector store beside Postgres may take to answer a search, in ms; then words alone are searched.',
  ),
  vectorWriteTimeoutMs: define(
    ['PERDURA_VECTOR_WRITE_TIMEOUT_MS'],
    milliseconds.default(10_000),
    'How long a vector store beside Postgres may take to write a batch, in ms.',
  ),
  vectorCarryBatch: define(['PERDURA_VECTOR_CARRY_BATCH'], positive.max(1000).default(200), 'Vectors of one write to a vector store.'),
  vectorCarryIntervalMs: define(
    ['PERDURA_VECTOR_CARRY_INTERVAL_MS'],
    milliseconds.default(500),
    'How often changes that a vector store has yet to be told of are looked for, in ms.',
  ),
  vectorEfSearch: define(
    ['PERDURA_VECTOR_EF_SEARCH'],
    positive.max(1000).default(100),
    'Candidates that a search of the vectors in Postgres keeps in sight: more find better and take longer.',
  ),
  vectorMaxScanTuples: define(
    ['PERDURA_VECTOR_MAX_SCAN_TUPLES'],
    positive.default(40_000),
    'Vectors that one search in Postgres visits at most to find enough that its filter leaves.',
  ),
  vectorExactNumbers: define(
    ['PERDURA_VECTOR_EXACT_NUMBERS'],
    z.coerce.number().int().nonnegative().default(4_000_000),
    'Where a filter leaves vectors of no more numbers than this (10,000 of 384 dimensions), a search in Postgres compares all of them instead of going by the index.',
  ),
} as const;
