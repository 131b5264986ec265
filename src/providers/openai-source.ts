import type { EmbeddingListing, LanguageModel } from '../domain/model/language-model.js';
import type { EmbeddingOffer, ModelConfig } from '../domain/model/model-config.js';
import { createOpenAiEmbeddingModel } from './embeddings/openai-embedding-model.js';
import { contextWindowOf, isEmbeddingModel, isOpenAiChatModel, knownOpenAiModels, openAiEmbeddings } from './known-models.js';
import { lazy } from './lazy.js';
import { createOpenAiLanguageModel } from './llm/openai/openai-language-model.js';
import { chooseProtocol, isOfficialOpenAi } from './llm/openai/openai-protocol.js';
import type { WantedProtocol } from './llm/openai/openai-protocol.js';
import { isReasoningModel } from './llm/openai/reasoning-models.js';
import type { CallLimits } from './llm/stream-response.js';
import { cachedListing, isListed, modelConfig, modelListing } from './model-source.js';
import type { CachedListing, ModelSource } from './model-source.js';

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
  const isChatModel = isOfficial ? isOpenAiChatModel : (name: string) => !isEmbeddingModel(name);
  const allNames = cachedListing(
    async () => {
      const { client } = await connect();
      const { data } = await client.models.list({ timeout: listTimeoutMs });
      return data.map(model => model.id);
    },
    isOfficial ? knownOpenAiModels : [],
  );
  const names: CachedListing = async maxAgeMs => (await allNames(maxAgeMs)).filter(isChatModel);
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
    async resolveEmbedding(model) {
      const embeddingDim = openAiEmbeddings[model] ?? null;
      if (embeddingDim !== null) return embeddingOffer(model, baseUrl, embeddingDim);
      // Compatible servers name their models as they like, and some list none: whether it embeds is seen when its dimension is looked up.
      const mayEmbed = !isOfficial || isEmbeddingModel(model);
      const isServed = mayEmbed && ((await isListed(allNames, model)) || (await allNames()).length === 0);
      return isServed ? embeddingOffer(model, baseUrl, null) : null;
    },
    languageModel({ model }) {
      const protocol = chooseProtocol(options.protocol, baseUrl, model);
      const connected = async (): Promise<LanguageModel> => createOpenAiLanguageModel({ ...place, ...(await connect()), protocol, limits });
      return {
        requestBody: async request => (await connected()).requestBody(request),
        counting: async (...call) => (await connected()).counting(...call),
        complete: async (...call) => (await connected()).complete(...call),
      };
    },
    embeddingModel: embedding => ({
      embed: async (...call) =>
        createOpenAiEmbeddingModel({ ...place, ...(await connect()), model: embedding.embeddingModel }).embed(...call),
    }),
  };
}

const embeddingListings: readonly EmbeddingListing[] = Object.entries(openAiEmbeddings).map(([name, embeddingDim]) => {
  return { handle: `${type}/${name}`, name, displayName: name, providerType: type, providerName: type, embeddingDim };
});

function embeddingOffer(model: string, baseUrl: string, embeddingDim: number | null): EmbeddingOffer {
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
