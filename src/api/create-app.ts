import { randomUUID } from 'node:crypto';
import express from 'express';
import type { Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import qs from 'qs';
import type { Gate } from './gate.js';
import { createMcpRouter } from './mcp-server/mcp-router.js';
import type { McpRouterDeps } from './mcp-server/mcp-router.js';
import { authenticate } from './middleware/authenticate.js';
import type { CodecAccess } from './middleware/codec-access.js';
import { crossOrigin } from './middleware/cross-origin.js';
import type { CrossOriginOptions } from './middleware/cross-origin.js';
import { handleErrors } from './middleware/handle-errors.js';
import { requireReady } from './middleware/readiness.js';
import type { Readiness } from './middleware/readiness.js';
import { mountRoute } from './mount-route.js';
import type { MountedRoute } from './mount-route.js';
import { notServedRoutes } from './not-served.js';
import { createDocsRouter } from './docs-page.js';

export interface AppOptions extends CrossOriginOptions {
  readonly routes: readonly MountedRoute[];
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly gate: Gate;
  readonly codecAccess: CodecAccess;
  /** Of a JSON body, such as `20mb`. */
  readonly jsonLimit: string;
  readonly version: string;
  /** Null = MCP is not served. */
  readonly mcp: McpRouterDeps | null;
  readonly checkResponses: boolean;
}

/** Values in a query: more than the 16 KiB that Node takes of a request's head have room for, so none is lost. */
const mostValues = 10_000;

export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', (text: string) => qs.parse(text, { allowPrototypes: true, arrayLimit: mostValues, parameterLimit: mostValues }));
  app.set('check responses', options.checkResponses);
  app.use(helmet({ contentSecurityPolicy: { directives: { 'script-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"] } } }));
  app.use(requestLog(options.logger));
  app.use(crossOrigin(options));
  app.use(requireReady(options.readiness));
  app.use(authenticate(options));
  app.use(express.json({ limit: options.jsonLimit, strict: false }));

  const router = express.Router();
  for (const route of [...options.routes, ...notServedRoutes()].toSorted(byGenerality)) mountRoute(router, route);
  app.use(router);
  if (options.mcp !== null) app.use(createMcpRouter(options.mcp));
  app.use(createDocsRouter(options.routes, options.version));
  app.use((request, response) => {
    response.status(404).json({ detail: `Not Found: ${request.method} ${request.path}` });
  });
  app.use(handleErrors(options.logger));
  return app;
}

/** Paths with fewer parameters first: `/runs/active` is no run's id. */
function byGenerality(a: MountedRoute, b: MountedRoute): number {
  return a.route.path.split('{').length - b.route.path.split('{').length;
}

/** One line a request, with its id and without bodies, headers or query strings: these may hold secrets. */
function requestLog(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    serializers: {
      req: (request: { method: string; url: string; id: string }) => ({
        id: request.id,
        method: request.method,
        path: request.url.split('?')[0],
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response, error) => (error !== undefined || response.statusCode >= 500 ? 'warn' : 'debug'),
  });
}
