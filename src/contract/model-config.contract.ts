import { z } from 'zod';
import { compactionModes } from '../domain/context-window/compaction-settings.js';
import { jsonObject } from './fields.js';

export const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: jsonObject }),
]);

export const reasoningEffort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

/** Of a model, in characters: it is a search attribute of Temporal, which takes no longer ones everywhere. */
export const longestModelName = 200;
export const modelName = z.string().max(longestModelName);

/** V1's LLMConfig. What this server does not use is accepted and shown as null. */
export const llmConfig = z.object({
  model: modelName,
  display_name: z.string().nullish(),
  model_endpoint_type: modelName,
  model_endpoint: z.string().nullish(),
  provider_name: modelName.nullish(),
  provider_category: z.enum(['base', 'byok']).nullish(),
  model_wrapper: z.string().nullish(),
  context_window: z.number().int().positive(),
  put_inner_thoughts_in_kwargs: z.boolean().nullish(),
  handle: modelName.nullish(),
  temperature: z.number().nullish(),
  max_tokens: z.number().int().nullish(),
  enable_reasoner: z.boolean().optional(),
  reasoning_effort: reasoningEffort.nullish(),
  max_reasoning_tokens: z.number().int().optional(),
  effort: z.enum(['low', 'medium', 'high', 'max']).nullish(),
  frequency_penalty: z.number().nullish(),
  compatibility_type: z.enum(['gguf', 'mlx']).nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  tier: z.string().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  strict: z.boolean().optional(),
  return_logprobs: z.boolean().optional(),
  top_logprobs: z.number().int().nullish(),
  return_token_ids: z.boolean().optional(),
  tool_call_parser: z.string().nullish(),
});

export const embeddingConfig = z.object({
  embedding_endpoint_type: z.string(),
  embedding_endpoint: z.string().nullish(),
  embedding_model: modelName,
  embedding_dim: z.number().int().positive(),
  embedding_chunk_size: z.number().int().nullish(),
  handle: modelName.nullish(),
  batch_size: z.number().int().optional(),
  azure_endpoint: z.string().nullish(),
  azure_version: z.string().nullish(),
  azure_deployment: z.string().nullish(),
});

/** V1's settings by provider, in one: which of the members count depends on `provider_type`. */
export const modelSettings = z.looseObject({
  provider_type: z.string().optional(),
  temperature: z.number().optional(),
  max_output_tokens: z.number().int().positive().optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.looseObject({ reasoning_effort: reasoningEffort.optional() }).optional(),
  thinking: z.looseObject({ type: z.enum(['enabled', 'disabled']).optional(), budget_tokens: z.number().int().optional() }).optional(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  effort: z.enum(['low', 'medium', 'high', 'max']).nullish(),
  response_format: responseFormat.nullish(),
  strict: z.boolean().optional(),
});

/** V1's CompactionSettings. */
export const compactionSettings = z.object({
  model: modelName.min(1).nullish(),
  model_settings: modelSettings.nullish(),
  prompt: z.string().nullish(),
  prompt_acknowledgement: z.boolean().optional(),
  clip_chars: z.number().int().positive().nullish(),
  mode: z.enum(compactionModes).optional(),
  sliding_window_percentage: z.number().min(0).max(1).optional(),
});

export type LlmConfigBody = z.output<typeof llmConfig>;
export type EmbeddingConfigBody = z.output<typeof embeddingConfig>;
export type ModelSettingsBody = z.output<typeof modelSettings>;
export type CompactionSettingsBody = z.output<typeof compactionSettings>;
export type ResponseFormatBody = z.output<typeof responseFormat>;
