import { z } from 'zod';
import { notServedOperations } from '../contract/not-served.js';
import { nothing } from '../contract/fields.js';
import { notServed } from '../domain/errors.js';
import { handleRoute } from './mount-route.js';
import type { MountedRoute } from './mount-route.js';

/** Operations of V1 that this version lacks: they say so instead of pretending that there is no such path. */
export function notServedRoutes(): MountedRoute[] {
  return notServedOperations.map(({ operationId, method, path }) =>
    handleRoute(
      {
        operationId,
        method,
        path,
        tag: 'not served',
        summary: 'Not served',
        params: z.unknown(),
        query: z.unknown(),
        body: z.unknown(),
        response: nothing,
      },
      () => Promise.reject(notServed(`${method.toUpperCase()} ${path}`)),
    ),
  );
}
