import type { EmbeddingConfig, ModelConfig, ResponseFormat } from '../../domain/model/model-config.js';

export function presentResponseFormat(format: ResponseFormat | null) {
  if (format === null) return null;
  return format.type === 'json_schema' ? { type: format.type, json_schema: format.jsonSchema } : { type: format.type };
}

/** V1's LLMConfig. */
export function presentModelConfig(config: ModelConfig) {
  return {
    model: config.model,
    display_name: config.displayName,
    model_endpoint_type: config.modelEndpointType,
    model_endpoint: config.modelEndpoint,
    provider_name: config.providerName,
    provider_category: config.providerCategory,
    model_wrapper: null,
    context_window: config.contextWindow,
    put_inner_thoughts_in_kwargs: config.putInnerThoughtsInKwargs,
    handle: config.handle,
    temperature: config.temperature ?? 1,
    max_tokens: config.maxTokens,
    enable_reasoner: config.enableReasoner,
    reasoning_effort: config.reasoningEffort,
    max_reasoning_tokens: config.maxReasoningTokens,
    effort: config.effort,
    frequency_penalty: config.frequencyPenalty,
    compatibility_type: null,
    verbosity: config.verbosity,
    tier: null,
    parallel_tool_calls: config.parallelToolCalls,
    response_format: presentResponseFormat(config.responseFormat),
    strict: config.strict,
    return_logprobs: false,
    top_logprobs: null,
    return_token_ids: false,
    tool_call_parser: null,
  };
}

/** V1 derives the settings by provider from the config; providers that it does not know have none. */
export function presentModelSettings(config: ModelConfig) {
  const common = {
    max_output_tokens: config.maxTokens ?? 4096,
    parallel_tool_calls: config.parallelToolCalls,
    response_format: presentResponseFormat(config.responseFormat),
    strict: config.strict,
    temperature: config.temperature ?? 1,
  };
  switch (config.modelEndpointType) {
    case 'openai':
      return { provider_type: 'openai', ...common, reasoning: { reasoning_effort: config.reasoningEffort ?? 'high' } };
    case 'anthropic': {
      const thinking = { type: config.enableReasoner ? 'enabled' : 'disabled', budget_tokens: Math.max(1024, config.maxReasoningTokens) };
      return { provider_type: 'anthropic', ...common, thinking, verbosity: config.verbosity, effort: config.effort };
    }
    default:
      return null;
  }
}

/** V1's EmbeddingConfig. */
export function presentEmbeddingConfig(config: EmbeddingConfig | null) {
  if (config === null) return null;
  return {
    embedding_endpoint_type: config.embeddingEndpointType,
    embedding_endpoint: config.embeddingEndpoint,
    embedding_model: config.embeddingModel,
    embedding_dim: config.embeddingDim,
    embedding_chunk_size: config.embeddingChunkSize,
    handle: config.handle,
    batch_size: config.batchSize,
    azure_endpoint: null,
    azure_version: null,
    azure_deployment: null,
  };
}
