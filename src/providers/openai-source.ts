import OpenAI from 'openai';
import type { ModelConfig } from '../domain/model/model-config.js';
import { createOpenAiEmbeddingModel } from './embeddings/openai-embedding-model.js';
import { contextWindowOf, isChatModel, knownOpenAiModels, openAiEmbeddings } from './known-models.js';
import { createOpenAiLanguageModel } from './llm/openai/openai-language-model.js';
import { isReasoningModel } from './llm/openai/reasoning-models.js';
import { cachedListing, modelConfig, modelListing } from './model-source.js';
import type { ModelSource } from './model-source.js';

export interface OpenAiSourceOptions {
  readonly apiKey: string;
  /** The API's root, for most servers one that ends in /v1. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** `auto`: Responses for OpenAI's own reasoning models, chat completions for all else, which is what compatible servers speak. */
  readonly protocol: 'auto' | 'chat' | 'responses';
}

export const openAiBaseUrl = 'https://api.openai.com/v1';
const listTimeoutMs = 4000;
const type = 'openai';

/** OpenAI, or whatever speaks its protocol at the base URL (Ollama, LM Studio, vLLM, proxies). */
export function createOpenAiSource(options: OpenAiSourceOptions): ModelSource {
  const client = new OpenAI({ apiKey: options.apiKey, baseURL: options.baseUrl, maxRetries: 0, timeout: options.timeoutMs });
  const isOfficial = new URL(options.baseUrl).hostname === 'api.openai.com';
  const place = { client, providerName: type, baseUrl: options.baseUrl, secrets: [options.apiKey] };
  const names = cachedListing(
    async () => (await client.models.list({ timeout: listTimeoutMs })).data.map(model => model.id).filter(isChatModel),
    isOfficial ? knownOpenAiModels : [],
  );
  const config = (model: string): ModelConfig =>
    modelConfig({
      model,
      modelEndpointType: type,
      modelEndpoint: options.baseUrl,
      providerName: type,
      contextWindow: contextWindowOf(model),
      enableReasoner: isReasoningModel(model),
    });
  return {
    providerName: type,
    aliases: ['openai-proxy'],
    listModels: async () => (await names()).map(name => modelListing(type, type, name, contextWindowOf(name))),
    listEmbeddingModels: () =>
      Promise.resolve(
        Object.entries(openAiEmbeddings).map(([name, embeddingDim]) => {
          return { handle: `${type}/${name}`, name, displayName: name, providerType: type, providerName: type, embeddingDim };
        }),
      ),
    async resolveModel(model) {
      if (knownOpenAiModels.includes(model)) return config(model);
      const listed = await names();
      // A compatible server that cannot list its models may well serve this one.
      return listed.includes(model) || (!isOfficial && listed.length === 0) ? config(model) : null;
    },
    resolveEmbedding(model) {
      const embeddingDim = openAiEmbeddings[model];
      if (embeddingDim === undefined) return Promise.resolve(null);
      return Promise.resolve({
        handle: `${type}/${model}`,
        embeddingModel: model,
        embeddingEndpointType: type,
        embeddingEndpoint: options.baseUrl,
        embeddingDim,
        embeddingChunkSize: 300,
        batchSize: 1024,
      });
    },
    languageModel: ({ model }) => createOpenAiLanguageModel({ ...place, protocol: protocolOf(options.protocol, isOfficial, model) }),
    embeddingModel: embedding => createOpenAiEmbeddingModel({ ...place, config: embedding }),
  };
}

function protocolOf(wanted: OpenAiSourceOptions['protocol'], isOfficial: boolean, model: string): 'chat' | 'responses' {
  if (wanted !== 'auto') return wanted;
  return isOfficial && isReasoningModel(model) ? 'responses' : 'chat';
}
