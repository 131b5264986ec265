import type { Request, RequestHandler, Response, Router } from 'express';
import type { z } from 'zod';
import type { Route } from '../contract/route.js';
import { defaultOrganizationId, defaultUserId } from '../domain/ids.js';
import { validationError } from './error-response.js';
import { bodyOf } from './request-body.js';

/** Who asks, and with which connection. */
export interface RequestContext {
  readonly organizationId: string;
  readonly userId: string;
  readonly request: Request;
  readonly response: Response;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** An operation and what carries it out. A handler that has answered by itself resolves with `answered`. */
export interface MountedRoute {
  readonly route: Route;
  readonly handle: RequestHandler;
}

export const answered = Symbol('answered');

export type Handler<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = (
  input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>,
  context: RequestContext,
) => Promise<unknown>;

/** Puts validation before a handler and JSON behind it. What a handler gets of the body can be stored. */
export function handleRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  route: Route<Params, Query, Body>,
  handler: Handler<Params, Query, Body>,
): MountedRoute {
  const handle: RequestHandler = async (request, response) => {
    const params = route.params.safeParse(request.params);
    const query = route.query.safeParse(request.query);
    const body = route.body.safeParse(bodyOf(request, route));
    if (!params.success || !query.success || !body.success) {
      const issues = [
        ...(params.error?.issues ?? []).map(issue => ({ loc: ['path', ...issue.path], msg: issue.message })),
        ...(query.error?.issues ?? []).map(issue => ({ loc: ['query', ...issue.path], msg: issue.message })),
        ...(body.error?.issues ?? []).map(issue => ({ loc: ['body', ...issue.path], msg: issue.message })),
      ];
      const refusal = validationError(issues);
      response.status(refusal.status).set(refusal.headers).json(refusal.body);
      return;
    }
    const result = await handler({ params: params.data, query: query.data, body: body.data }, contextOf(request, response));
    if (result === answered) return;
    checkResponse(request, route, result);
    response.json(result ?? null);
  };
  return { route, handle };
}

function contextOf(request: Request, response: Response): RequestContext {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return { organizationId: defaultOrganizationId, userId: defaultUserId, request, response, signal: gone.signal };
}

function checkResponse(request: Request, route: Route, result: unknown): void {
  if (request.app.get('check responses') !== true) return;
  const checked = route.response.safeParse(result ?? null);
  if (!checked.success)
    throw new Error(`${route.operationId} answered against its contract: ${JSON.stringify(checked.error.issues).slice(0, 2000)}`);
}

/** With and without the trailing slash, under /v1 and its alias /latest; nobody is redirected. */
export function mountRoute(router: Router, { route, handle }: MountedRoute): void {
  const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1').replace(/\/$/, '');
  router[route.method](path, handle);
  router[route.method](path.replace(/^\/v1/, '/latest'), handle);
}
