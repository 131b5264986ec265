import type { CreateAgentBody, UpdateAgentBody } from '../../../contract/agents.contract.js';
import { longestModelName } from '../../../contract/model-config.contract.js';
import type { EmbeddingConfigBody, LlmConfigBody, ModelSettingsBody, ResponseFormatBody } from '../../../contract/model-config.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { EmbeddingChoice } from '../../../domain/model/choose-embedding.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import type { EmbeddingConfig, ModelConfig, ResponseFormat } from '../../../domain/model/model-config.js';

type ModelMembers = Pick<
  CreateAgentBody & UpdateAgentBody,
  | 'model'
  | 'llm_config'
  | 'model_settings'
  | 'context_window_limit'
  | 'max_tokens'
  | 'reasoning'
  | 'parallel_tool_calls'
  | 'response_format'
> & { readonly enable_reasoner?: boolean | null | undefined; readonly max_reasoning_tokens?: number | null | undefined };

/** The config that a request asks for, on top of `current` (null = a new agent). Null = it says nothing about the model. */
export async function requestedModel(models: ModelCatalog, body: ModelMembers, current: ModelConfig | null): Promise<ModelConfig | null> {
  const base = await baseConfig(models, body, current);
  if (base === null) return null;
  return applyMembers(body.model_settings == null ? base : applySettings(base, body.model_settings), body);
}

async function baseConfig(models: ModelCatalog, body: ModelMembers, current: ModelConfig | null): Promise<ModelConfig | null> {
  const limit = body.context_window_limit ?? undefined;
  if (body.llm_config != null) return toModelConfig(body.llm_config, limit);
  if (body.model != null) {
    const config = await models.resolveModel(body.model, limit);
    if (config !== null) return config;
    const known = (await models.listModels()).map(model => model.handle);
    throw new RequestError('not-found', `Handle ${body.model} not found, must be one of [${known.join(', ')}]`);
  }
  if (current === null) throw new RequestError('invalid', 'Must specify either model or llm_config in request');
  const touches = [body.model_settings, limit, body.max_tokens, body.reasoning, body.parallel_tool_calls, body.response_format];
  if (touches.every(value => value == null)) return null;
  return { ...current, contextWindow: limit ?? current.contextWindow };
}

function applyMembers(config: ModelConfig, body: ModelMembers): ModelConfig {
  const reasons = body.reasoning ?? body.enable_reasoner;
  return {
    ...config,
    ...(body.max_tokens == null ? {} : { maxTokens: body.max_tokens }),
    ...(body.max_reasoning_tokens == null ? {} : { maxReasoningTokens: body.max_reasoning_tokens }),
    // Only what a model can do may be switched off; no model can be made to reason.
    ...(reasons === false ? { enableReasoner: false, maxReasoningTokens: 0 } : {}),
    ...(body.parallel_tool_calls == null ? {} : { parallelToolCalls: body.parallel_tool_calls }),
    ...(body.response_format == null ? {} : { responseFormat: toResponseFormat(body.response_format) }),
  };
}

function applySettings(config: ModelConfig, settings: ModelSettingsBody): ModelConfig {
  return { ...config, ...settingsChanges(settings) };
}

/** What the settings change in a config. Sending settings at all turns parallel calls on, unless they say otherwise. */
export function settingsChanges(settings: ModelSettingsBody): Partial<ModelConfig> {
  const { thinking } = settings;
  return {
    parallelToolCalls: settings.parallel_tool_calls ?? true,
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.max_output_tokens === undefined ? {} : { maxTokens: settings.max_output_tokens }),
    ...(settings.reasoning?.reasoning_effort === undefined ? {} : { reasoningEffort: settings.reasoning.reasoning_effort }),
    ...(thinking?.type === 'disabled' ? { enableReasoner: false, maxReasoningTokens: 0 } : {}),
    ...(thinking?.type === 'enabled' ? { enableReasoner: true, maxReasoningTokens: thinking.budget_tokens ?? 1024 } : {}),
    ...(settings.verbosity == null ? {} : { verbosity: settings.verbosity }),
    ...(settings.effort == null ? {} : { effort: settings.effort }),
    ...(settings.response_format == null ? {} : { responseFormat: toResponseFormat(settings.response_format) }),
    ...(settings.strict === undefined ? {} : { strict: settings.strict }),
  };
}

export function toResponseFormat(format: ResponseFormatBody): ResponseFormat {
  return format.type === 'json_schema' ? { type: format.type, jsonSchema: format.json_schema } : format;
}

function toModelConfig(body: LlmConfigBody, contextWindowLimit: number | undefined): ModelConfig {
  const providerName = body.provider_name ?? body.handle?.split('/')[0] ?? body.model_endpoint_type;
  const handle = body.handle ?? `${providerName}/${body.model}`;
  if (handle.length > longestModelName)
    throw new RequestError('unprocessable', `A model's handle has at most ${longestModelName} characters`);
  return {
    handle,
    model: body.model,
    displayName: body.display_name ?? body.model,
    modelEndpointType: body.model_endpoint_type,
    modelEndpoint: body.model_endpoint ?? null,
    providerName,
    providerCategory: body.provider_category ?? 'base',
    contextWindow: contextWindowLimit ?? body.context_window,
    temperature: body.temperature ?? 1,
    maxTokens: body.max_tokens ?? null,
    enableReasoner: body.enable_reasoner ?? false,
    reasoningEffort: body.reasoning_effort ?? null,
    maxReasoningTokens: body.max_reasoning_tokens ?? 0,
    effort: body.effort ?? null,
    verbosity: body.verbosity ?? null,
    frequencyPenalty: body.frequency_penalty ?? null,
    parallelToolCalls: body.parallel_tool_calls ?? false,
    putInnerThoughtsInKwargs: body.put_inner_thoughts_in_kwargs ?? false,
    strict: body.strict ?? false,
    responseFormat: body.response_format == null ? null : toResponseFormat(body.response_format),
  };
}

/** Null = the request says nothing about it. */
export async function requestedEmbedding(
  choice: EmbeddingChoice,
  body: { readonly embedding?: string | null | undefined; readonly embedding_config?: EmbeddingConfigBody | null | undefined },
  signal: AbortSignal,
): Promise<EmbeddingConfig | null> {
  if (body.embedding_config != null) return choice.given(toEmbeddingConfig(body.embedding_config), signal);
  return body.embedding == null ? null : choice.named(body.embedding, signal);
}

function toEmbeddingConfig(body: EmbeddingConfigBody): EmbeddingConfig {
  return {
    handle: body.handle ?? `${body.embedding_endpoint_type}/${body.embedding_model}`,
    embeddingModel: body.embedding_model,
    embeddingEndpointType: body.embedding_endpoint_type,
    embeddingEndpoint: body.embedding_endpoint ?? null,
    embeddingDim: body.embedding_dim,
    embeddingChunkSize: body.embedding_chunk_size ?? 300,
    batchSize: body.batch_size ?? 32,
  };
}
