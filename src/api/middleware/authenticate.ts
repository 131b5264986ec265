import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';

const openPaths = /^\/(v1|latest)\/(health|ready)\/?$/;

/** Lets only those in who know the password: `Authorization: Bearer …`, or V1's `X-BARE-PASSWORD: password …`. Null = everybody. */
export function authenticate(password: string | null): RequestHandler {
  if (password === null) return (_request, _response, next) => next();
  const expected = digest(password);
  return (request, response, next) => {
    const bearer = /^Bearer\s+(.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const bare = /^password\s+(.+)$/i.exec(request.get('x-bare-password') ?? '')?.[1];
    const given = [bearer, bare].filter(value => value !== undefined);
    if (openPaths.test(request.path) || given.some(value => timingSafeEqual(digest(value), expected))) next();
    else response.status(401).json({ detail: 'Unauthorized' });
  };
}

/** Of equal length for every input, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
