import { z } from 'zod';
import { jsonObject, nothing, queryList } from './fields.js';
import { defineRoute } from './route.js';

const model = z.looseObject({
  handle: z.string().nullable(),
  name: z.string(),
  display_name: z.string().nullable(),
  provider_type: z.string(),
  provider_name: z.string().nullable(),
  model_type: z.literal('llm'),
  max_context_window: z.number(),
  model: z.string(),
  model_endpoint_type: z.string(),
  model_endpoint: z.string().nullable(),
  model_wrapper: z.string().nullable(),
  context_window: z.number(),
  put_inner_thoughts_in_kwargs: z.boolean().nullable(),
  temperature: z.number(),
  max_tokens: z.number().nullable(),
  enable_reasoner: z.boolean(),
  reasoning_effort: z.string().nullable(),
  max_reasoning_tokens: z.number(),
  effort: z.string().nullable(),
  frequency_penalty: z.number().nullable(),
  compatibility_type: z.string().nullable(),
  verbosity: z.string().nullable(),
  tier: z.string().nullable(),
  parallel_tool_calls: z.boolean().nullable(),
  provider_category: z.string().nullable(),
  response_format: jsonObject.nullable(),
  strict: z.boolean(),
  return_logprobs: z.boolean(),
  top_logprobs: z.number().nullable(),
  return_token_ids: z.boolean(),
  tool_call_parser: z.string().nullable(),
});

const embeddingModel = z.object({
  handle: z.string().nullable(),
  name: z.string(),
  display_name: z.string(),
  provider_type: z.string(),
  provider_name: z.string(),
  model_type: z.literal('embedding'),
  embedding_dim: z.number(),
  embedding_model: z.string(),
  embedding_endpoint_type: z.string(),
  embedding_endpoint: z.string().nullable(),
  embedding_chunk_size: z.number().nullable(),
  batch_size: z.number(),
  azure_endpoint: z.string().nullable(),
  azure_version: z.string().nullable(),
  azure_deployment: z.string().nullable(),
});

export const listModels = defineRoute({
  operationId: 'list_models',
  method: 'get',
  path: '/v1/models/',
  tag: 'models',
  summary: 'List the models of the configured providers',
  params: nothing,
  query: z.object({ provider_category: queryList.optional(), provider_name: z.string().optional(), provider_type: z.string().optional() }),
  body: nothing,
  response: z.array(model),
});

export const listEmbeddingModels = defineRoute({
  operationId: 'list_embedding_models',
  method: 'get',
  path: '/v1/models/embedding',
  tag: 'models',
  summary: 'List the embedding models of the configured providers',
  params: nothing,
  query: nothing,
  body: nothing,
  response: z.array(embeddingModel),
});

const health = z.object({ version: z.string(), status: z.string() });

export const checkHealth = defineRoute({
  operationId: 'check_health',
  method: 'get',
  path: '/v1/health/',
  tag: 'health',
  summary: 'Whether the process lives',
  params: nothing,
  query: nothing,
  body: nothing,
  response: health.extend({
    /** Told when the operator runs the code of tools without a sandbox. */
    tool_sandbox: z.literal('none').optional(),
    /** Stores of vectors beside Postgres, where there are any. */
    vector_stores: z
      .array(
        z.object({
          name: z.string(),
          state: z.string(),
          filled: z.number(),
          pending_changes: z.number(),
          refused_changes: z.number(),
          lag_seconds: z.number().nullable(),
          failing: z.boolean(),
        }),
      )
      .optional(),
  }),
});

export const checkReady = defineRoute({
  operationId: 'check_readiness',
  method: 'get',
  path: '/v1/ready/',
  tag: 'health',
  summary: 'Whether the server takes requests',
  params: nothing,
  query: nothing,
  body: nothing,
  response: health,
});
