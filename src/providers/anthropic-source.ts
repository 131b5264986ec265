import type { LanguageModel } from '../domain/model/language-model.js';
import { contextWindowOf, knownAnthropicModels } from './known-models.js';
import { lazy } from './lazy.js';
import { createAnthropicLanguageModel } from './llm/anthropic/anthropic-language-model.js';
import { thinkingForm } from './llm/anthropic/thinking-form.js';
import type { CallLimits } from './llm/stream-response.js';
import { cachedListing, isListed, modelConfig, modelListing } from './model-source.js';
import type { ModelSource } from './model-source.js';

export interface AnthropicSourceOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly cachesPrompts: boolean;
  readonly limits: CallLimits;
}

export const anthropicBaseUrl = 'https://api.anthropic.com';
const listTimeoutMs = 4000;
const type = 'anthropic';
/** Anthropic's smallest thinking budget, in tokens. */
const defaultThinkingTokens = 1024;

/** Claude, by Anthropic's own API or a proxy of it. The SDK is loaded when it is first needed: it would cost every start 0.15 s. */
export function createAnthropicSource(options: AnthropicSourceOptions): ModelSource {
  const { apiKey, baseUrl, cachesPrompts, limits } = options;
  const connect = lazy(async () => {
    const sdk = await import('@anthropic-ai/sdk');
    const client = new sdk.Anthropic({
      apiKey,
      baseURL: baseUrl,
      maxRetries: 0,
      timeout: limits.timeoutMs,
      logLevel: 'off',
      // Proxies from before the API's version 2026-10-21 read the key here.
      ...(new URL(baseUrl).hostname === 'api.anthropic.com' ? {} : { defaultHeaders: { 'x-api-key': apiKey } }),
    });
    return { client, sdk };
  });
  const connected = async (): Promise<LanguageModel> =>
    createAnthropicLanguageModel({ ...(await connect()), baseUrl, cachesPrompts, secrets: [apiKey], limits });
  const names = cachedListing(async () => {
    const { client } = await connect();
    return (await client.models.list({ limit: 100 }, { timeout: listTimeoutMs })).data.map(model => model.id);
  }, knownAnthropicModels);
  return {
    providerName: type,
    aliases: [],
    listModels: async () => (await names()).map(name => modelListing(type, type, name, contextWindowOf(name))),
    listEmbeddingModels: () => Promise.resolve([]),
    async resolveModel(model) {
      if (!knownAnthropicModels.includes(model) && !(await isListed(names, model))) return null;
      const form = thinkingForm(model);
      return modelConfig({
        model,
        modelEndpointType: type,
        modelEndpoint: baseUrl,
        providerName: type,
        contextWindow: contextWindowOf(model),
        enableReasoner: form !== 'none',
        maxReasoningTokens: form === 'none' ? 0 : defaultThinkingTokens,
      });
    },
    resolveEmbedding: () => Promise.resolve(null),
    languageModel: () => ({
      requestBody: async request => (await connected()).requestBody(request),
      counting: async (...call) => (await connected()).counting(...call),
      complete: async (...call) => (await connected()).complete(...call),
    }),
    embeddingModel: () => null,
  };
}
