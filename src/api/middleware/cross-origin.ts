import cors from 'cors';
import type { RequestHandler } from 'express';
import { isCodecPath } from './codec-access.js';

export interface CrossOriginOptions {
  /** Origins that browsers may ask from; `*` = all. */
  readonly corsOrigins: readonly string[];
  /** Origins of the Temporal UIs that may ask the codec endpoint, cookies included: each one by name. */
  readonly temporalUiOrigins: readonly string[];
}

/** Tells browsers which pages may read the answers. */
export function crossOrigin({ corsOrigins, temporalUiOrigins }: CrossOriginOptions): RequestHandler {
  const api = cors({ origin: corsOrigins.includes('*') ? true : [...corsOrigins], exposedHeaders: ['x-request-id'] });
  const codec = cors({ origin: [...temporalUiOrigins], credentials: true });
  return (request, response, next) => (isCodecPath(request.path) ? codec : api)(request, response, next);
}
