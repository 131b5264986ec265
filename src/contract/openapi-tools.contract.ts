import { z } from 'zod';
import { jsonObject, nothing } from './fields.js';
import { restAuth } from './rest-tools.contract.js';
import { defineRoute } from './route.js';

const texts = z.array(z.string().min(1).max(1000)).max(1000).default([]);
/** By any of them; a path may end with a star. */
const choice = z.strictObject({ operation_ids: texts, tags: texts, paths: texts });

const syncBody = z.strictObject({
  /** By which the document's tools are known when it comes again. */
  name: z.string().min(1).max(100),
  /** OpenAPI 3.0 or 3.1: as text in JSON or YAML, or as it is. */
  document: z.union([z.string().min(1), jsonObject]),
  base_url: z.string().max(2000).nullish(),
  include: choice.nullish(),
  exclude: choice.nullish(),
  name_prefix: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{0,24}$/)
    .default(''),
  /** Of all tools of the document; without it those that there are keep theirs. */
  auth: restAuth.nullish(),
  tags: z.array(z.string().max(256)).max(100).default([]),
  /** Only tells what would be done. */
  dry_run: z.boolean().default(false),
});
export type OpenApiSyncBody = z.output<typeof syncBody>;

const described = z.object({
  operation: z.string(),
  name: z.string(),
  /** Null = it has not been made. */
  tool_id: z.string().nullable(),
  description: z.string(),
  retry_class: z.string(),
  parameters: jsonObject,
});

export const syncOpenApiTools = defineRoute({
  operationId: 'sync_openapi_tools',
  method: 'post',
  path: '/v1/tools/openapi',
  tag: 'tools',
  summary: 'Make tools of the operations of an OpenAPI document, or bring those made of it before to its newer version',
  params: nothing,
  query: nothing,
  body: syncBody,
  response: z.object({
    name: z.string(),
    dry_run: z.boolean(),
    added: z.array(described),
    updated: z.array(described),
    /** Names. */
    unchanged: z.array(z.string()),
    deleted: z.array(z.string()),
    skipped: z.array(z.object({ operation: z.string(), reason: z.string() })),
  }),
});
