import type { z } from 'zod';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An operation of the API as data: validation, OpenAPI and the docs page derive from it. Paths and operation ids are V1's. */
export interface Route<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  readonly operationId: string;
  readonly method: HttpMethod;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** As with V1, `null` stands for no body. */
  readonly optionalBody?: boolean;
  /** Of status 200. */
  readonly response: z.ZodType;
  /** The body is multipart/form-data with one file in its part `file`; `body` has no say then. */
  readonly uploads?: boolean;
  /** The answer may be a stream of server-sent events. */
  readonly streams?: boolean;
}

export function defineRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  route: Route<Params, Query, Body>,
): Route<Params, Query, Body> {
  return route;
}
