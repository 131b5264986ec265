import { z } from 'zod';
import { parameterPlaces, parameterStyles, responseFormats, restMethods } from '../domain/rest/rest-definition.js';
import { jsonObject, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';
import { tool } from './tools.contract.js';

const path = z.string().max(1000);
const secret = z.string().min(1).max(10_000);
const schema = jsonObject;
const style = { style: z.enum(parameterStyles).optional(), explode: z.boolean().optional(), allow_reserved: z.boolean().optional() };
/** What all model providers take for a name. */
export const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,48}$/, 'A name has 1 to 48 letters, digits, _ and -');

const parameter = z.strictObject({
  name: z.string().min(1).max(256),
  in: z.enum(parameterPlaces),
  /** What the model calls it; derived from the name without. */
  argument: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{1,64}$/)
    .nullish(),
  description: z.string().max(10_000).nullish(),
  required: z.boolean().optional(),
  schema: schema.default({ type: 'string' }),
  ...style,
  as_json: z.boolean().optional(),
});

const body = z.strictObject({
  content_type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .transform(type => type.toLowerCase())
    .default('application/json'),
  required: z.boolean().default(true),
  description: z.string().max(10_000).nullish(),
  schema: schema.default({ type: 'object' }),
  /** By property, for forms. */
  encoding: z.record(z.string(), z.strictObject({ ...style, as_json: z.boolean().optional() })).default({}),
});

const paged = { items: path.default(''), max_pages: z.number().int().min(1).max(1000).default(5) };
const pagination = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link_header'), ...paged }),
  z.strictObject({ kind: z.literal('next_url'), next_url: path, ...paged }),
  z.strictObject({ kind: z.literal('cursor'), parameter: z.string().min(1).max(256), cursor: path, ...paged }),
  z.strictObject({ kind: z.literal('page'), parameter: z.string().min(1).max(256), first: z.number().int().min(0).default(1), ...paged }),
  z.strictObject({ kind: z.literal('offset'), parameter: z.string().min(1).max(256), ...paged }),
]);

/** Texts may hold `{{ SECRET }}`: a secret of the agent, or of the environment of its tools. All of it is sealed and never shown again. */
export const restAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: secret }),
  z.strictObject({ type: z.literal('basic'), username: secret, password: secret }),
  z.strictObject({
    type: z.literal('api_key'),
    in: z.enum(['header', 'query', 'cookie']).default('header'),
    name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'A key has the name of a header'),
    value: secret,
  }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    token_url: z.string().min(1).max(2000),
    client_id: secret,
    client_secret: secret,
    scope: z.string().max(10_000).nullish(),
    audience: z.string().max(2000).nullish(),
    client_auth: z.enum(['basic', 'body']).default('basic'),
  }),
]);

const texts = z.record(z.string().min(1).max(256), z.string().max(10_000));

const request = z.strictObject({
  method: z.enum(restMethods),
  url: z.string().min(1).max(2000),
  headers: texts.default({}),
  query: texts.default({}),
  parameters: z.array(parameter).max(200).default([]),
  body: body.nullish(),
  response: z
    .strictObject({ format: z.enum(responseFormats).default('auto'), select: z.string().min(1).max(1000).nullish() })
    .default({ format: 'auto' }),
  pagination: pagination.nullish(),
  idempotency_header: z.string().min(1).max(256).nullish(),
});

/** Of any tool; `retry_class` follows from the method without. */
export const toolTraits = {
  tags: z.array(z.string().max(256)).max(100).optional(),
  return_char_limit: z.number().int().min(1).max(1_000_000).optional(),
  default_requires_approval: z.boolean().nullish(),
  enable_parallel_execution: z.boolean().optional(),
  timeout_ms: z.number().int().min(1).max(86_400_000).nullish(),
};
const retryClass = z.enum(['never', 'on_interrupt', 'always']);

const restToolCreate = z.strictObject({
  name: toolName,
  description: z.string().min(1).max(10_000),
  request,
  auth: restAuth.nullish(),
  retry_class: retryClass.nullish(),
  ...toolTraits,
});
export type RestToolCreateBody = z.output<typeof restToolCreate>;
export type RestRequestBody = z.output<typeof request>;
export type RestAuthBody = z.output<typeof restAuth>;

const restToolUpdate = z.strictObject({
  name: toolName.optional(),
  description: z.string().min(1).max(10_000).optional(),
  /** Takes the place of the whole request. */
  request: request.optional(),
  /** Takes the place of the whole; null takes it away. */
  auth: restAuth.nullish(),
  retry_class: retryClass.nullish(),
  ...toolTraits,
});
export type RestToolUpdateBody = z.output<typeof restToolUpdate>;

const restTool = tool.extend({
  rest: z.object({
    request: jsonObject,
    /** Without its secrets. */
    auth: jsonObject.nullable(),
    retry_class: retryClass,
    timeout_ms: z.number().nullable(),
  }),
});

const tag = 'tools';
const params = z.object({ tool_id: pathId('tool') });

export const createRestTool = defineRoute({
  operationId: 'create_rest_tool',
  method: 'post',
  path: '/v1/tools/rest',
  tag,
  summary: 'Make a tool of a request to another server',
  params: nothing,
  query: nothing,
  body: restToolCreate,
  response: restTool,
});

export const retrieveRestTool = defineRoute({
  operationId: 'retrieve_rest_tool',
  method: 'get',
  path: '/v1/tools/{tool_id}/rest',
  tag,
  summary: 'Retrieve the request of a tool',
  params,
  query: nothing,
  body: nothing,
  response: restTool,
});

export const modifyRestTool = defineRoute({
  operationId: 'modify_rest_tool',
  method: 'patch',
  path: '/v1/tools/{tool_id}/rest',
  tag,
  summary: 'Change the request of a tool',
  params,
  query: nothing,
  body: restToolUpdate,
  response: restTool,
});
