import type { EmbeddingListing } from '../domain/model/language-model.js';
import type { EmbeddingConfig, ModelConfig } from '../domain/model/model-config.js';
import { createOpenAiEmbeddingModel } from './embeddings/openai-embedding-model.js';
import { contextWindowOf, isEmbeddingModel, isOpenAiChatModel, knownOpenAiModels, openAiEmbeddings } from './known-models.js';
import { lazy } from './lazy.js';
import { createOpenAiLanguageModel } from './llm/openai/openai-language-model.js';
import { chooseProtocol, isOfficialOpenAi } from './llm/openai/openai-protocol.js';
import type { WantedProtocol } from './llm/openai/openai-protocol.js';
import { isReasoningModel } from './llm/openai/reasoning-models.js';
import type { CallLimits } from './llm/stream-response.js';
import { cachedListing, isListed, modelConfig, modelListing } from './model-source.js';
import type { ModelSource } from './model-source.js';

export interface OpenAiSourceOptions {
  readonly apiKey: string;
  /** The API's root, for most servers one that ends in /v1. */
  readonly baseUrl: string;
  readonly limits: CallLimits;
  readonly protocol: WantedProtocol;
}

export const openAiBaseUrl = 'https://api.openai.com/v1';
const listTimeoutMs = 4000;
const type = 'openai';

/** OpenAI, or whatever speaks its protocol at the base URL (Ollama, LM Studio, vLLM, proxies). The SDK is loaded when it is first needed. */
export function createOpenAiSource(options: OpenAiSourceOptions): ModelSource {
  const { apiKey, baseUrl, limits } = options;
  const connect = lazy(async () => {
    const sdk = await import('openai');
    return { client: new sdk.OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0, timeout: limits.timeoutMs, logLevel: 'off' }), sdk };
  });
  const isOfficial = isOfficialOpenAi(baseUrl);
  const place = { providerName: type, baseUrl, secrets: [apiKey] };
  const names = cachedListing(
    async () => {
      const { client } = await connect();
      const { data } = await client.models.list({ timeout: listTimeoutMs });
      return data.map(model => model.id).filter(name => (isOfficial ? isOpenAiChatModel(name) : !isEmbeddingModel(name)));
    },
    isOfficial ? knownOpenAiModels : [],
  );
  const config = (model: string): ModelConfig =>
    modelConfig({
      model,
      modelEndpointType: type,
      modelEndpoint: baseUrl,
      providerName: type,
      contextWindow: contextWindowOf(model),
      enableReasoner: isReasoningModel(model),
    });
  return {
    providerName: type,
    aliases: ['openai-proxy'],
    listModels: async () => (await names()).map(name => modelListing(type, type, name, contextWindowOf(name))),
    listEmbeddingModels: () => Promise.resolve(embeddingListings),
    async resolveModel(model) {
      if (knownOpenAiModels.includes(model)) return config(model);
      if (await isListed(names, model)) return config(model);
      // A compatible server that cannot list its models may well serve this one.
      return !isOfficial && (await names()).length === 0 ? config(model) : null;
    },
    resolveEmbedding: model => Promise.resolve(embeddingConfig(model, baseUrl)),
    languageModel: ({ model }) => ({
      async complete(...call) {
        const protocol = chooseProtocol(options.protocol, baseUrl, model);
        return createOpenAiLanguageModel({ ...place, ...(await connect()), protocol, limits }).complete(...call);
      },
    }),
    embeddingModel: embedding => ({
      embed: async (...call) => createOpenAiEmbeddingModel({ ...place, ...(await connect()), config: embedding }).embed(...call),
    }),
  };
}

const embeddingListings: readonly EmbeddingListing[] = Object.entries(openAiEmbeddings).map(([name, embeddingDim]) => {
  return { handle: `${type}/${name}`, name, displayName: name, providerType: type, providerName: type, embeddingDim };
});

function embeddingConfig(model: string, baseUrl: string): EmbeddingConfig | null {
  const embeddingDim = openAiEmbeddings[model];
  if (embeddingDim === undefined) return null;
  return {
    handle: `${type}/${model}`,
    embeddingModel: model,
    embeddingEndpointType: type,
    embeddingEndpoint: baseUrl,
    embeddingDim,
    embeddingChunkSize: 300,
    batchSize: 1024,
  };
}
