import type { RequestHandler } from 'express';

export interface Readiness {
  isReady: boolean;
}

/** While the server starts or drains, requests are to come again: 503, never 404. Health can always be asked. */
export function requireReady(readiness: Readiness): RequestHandler {
  return (request, response, next) => {
    if (readiness.isReady || /^\/(v1|latest)\/health\/?$/.test(request.path)) next();
    else response.status(503).set('retry-after', '1').json({ detail: 'The server is not ready' });
  };
}
