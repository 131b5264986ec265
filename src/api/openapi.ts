import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Route } from '../contract/route.js';

/** The OpenAPI document of these routes. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const registry = new OpenAPIRegistry();
  for (const route of routes) registry.registerPath(toPath(route));
  const generator = new OpenApiGeneratorV31(registry.definitions);
  return generator.generateDocument({
    openapi: '3.1.0',
    info: { title: 'Perdura', version, description: 'Stateful agents on Temporal, by the Letta V1 API.' },
  });
}

function toPath(route: Route): RouteConfig {
  const hasBody = route.method !== 'get' && !isEmpty(route.body);
  return {
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    request: {
      ...(isObject(route.params) && !isEmpty(route.params) ? { params: route.params } : {}),
      ...(isObject(route.query) && !isEmpty(route.query) ? { query: route.query } : {}),
      ...(route.uploads === true ? { body: { content: { 'multipart/form-data': { schema: uploadBody } } } } : {}),
      ...(hasBody ? { body: { content: { 'application/json': { schema: route.body } } } } : {}),
    },
    responses: {
      200: {
        description: 'Success',
        content: {
          'application/json': { schema: route.response },
          ...(route.streams === true ? { 'text/event-stream': { schema: z.string() } } : {}),
        },
      },
    },
  };
}

const uploadBody = z.object({ file: z.string().meta({ format: 'binary' }) });

function isObject(schema: z.ZodType): schema is z.ZodObject {
  return schema instanceof z.ZodObject;
}

function isEmpty(schema: z.ZodType): boolean {
  return isObject(schema) && Object.keys(schema.shape).length === 0;
}
