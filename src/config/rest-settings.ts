import { z } from 'zod';
import { define, positive } from './define-setting.js';

/** Settings of tools that are requests to other servers. */
export const restSettings = {
  restMaxBytes: define(
    ['PERDURA_REST_MAX_BYTES'],
    positive.default(1_000_000),
    'How much of a response a REST tool reads, in bytes after decompression, all pages together.',
  ),
  restMaxRedirects: define(
    ['PERDURA_REST_MAX_REDIRECTS'],
    z.coerce.number().int().min(0).max(20).default(5),
    'How many redirects a REST tool follows.',
  ),
  restMaxPages: define(
    ['PERDURA_REST_MAX_PAGES'],
    positive.default(20),
    'How many pages of a list a REST tool fetches at most, whatever it asks for.',
  ),
  restMaxOperations: define(
    ['PERDURA_REST_MAX_OPERATIONS'],
    positive.default(200),
    'How many operations of one OpenAPI document become tools at most.',
  ),
} as const;
