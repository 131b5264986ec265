import Anthropic from '@anthropic-ai/sdk';
import { canThink, contextWindowOf, knownAnthropicModels } from './known-models.js';
import { createAnthropicLanguageModel } from './llm/anthropic/anthropic-language-model.js';
import { cachedListing, modelConfig, modelListing } from './model-source.js';
import type { ModelSource } from './model-source.js';

export interface AnthropicSourceOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

export const anthropicBaseUrl = 'https://api.anthropic.com';
const listTimeoutMs = 4000;
const type = 'anthropic';
/** Anthropic's smallest thinking budget, in tokens. */
const defaultThinkingTokens = 1024;

export function createAnthropicSource(options: AnthropicSourceOptions): ModelSource {
  const client = new Anthropic({ apiKey: options.apiKey, baseURL: options.baseUrl, maxRetries: 0, timeout: options.timeoutMs });
  const names = cachedListing(
    async () => (await client.models.list({ limit: 100 }, { timeout: listTimeoutMs })).data.map(model => model.id),
    knownAnthropicModels,
  );
  return {
    providerName: type,
    aliases: [],
    listModels: async () => (await names()).map(name => modelListing(type, type, name, contextWindowOf(name))),
    listEmbeddingModels: () => Promise.resolve([]),
    async resolveModel(model) {
      if (!knownAnthropicModels.includes(model) && !(await names()).includes(model)) return null;
      const thinks = canThink(model);
      return modelConfig({
        model,
        modelEndpointType: type,
        modelEndpoint: options.baseUrl,
        providerName: type,
        contextWindow: contextWindowOf(model),
        enableReasoner: thinks,
        maxReasoningTokens: thinks ? defaultThinkingTokens : 0,
      });
    },
    resolveEmbedding: () => Promise.resolve(null),
    languageModel: () => createAnthropicLanguageModel({ client, baseUrl: options.baseUrl, secrets: [options.apiKey] }),
    embeddingModel: () => null,
  };
}
