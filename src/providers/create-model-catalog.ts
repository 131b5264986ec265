import type { ModelCatalog } from '../domain/model/model-catalog.js';
import { ModelError } from '../domain/model/model-error.js';
import { createAnthropicSource } from './anthropic-source.js';
import type { AnthropicSourceOptions } from './anthropic-source.js';
import type { MiniLmOptions } from './embeddings/minilm-embedding-model.js';
import type { ModelSource } from './model-source.js';
import { createOpenAiSource } from './openai-source.js';
import type { OpenAiSourceOptions } from './openai-source.js';
import { createPerduraSource } from './perdura-source.js';

export interface ModelCatalogOptions {
  /** Null = no key for it. */
  readonly openai: OpenAiSourceOptions | null;
  readonly anthropic: AnthropicSourceOptions | null;
  readonly miniLm: MiniLmOptions;
}

/** The models of the configured providers, in V1's order; Perdura's own come last. */
export function createModelCatalog(options: ModelCatalogOptions): ModelCatalog {
  const sources: ModelSource[] = [
    ...(options.openai === null ? [] : [createOpenAiSource(options.openai)]),
    ...(options.anthropic === null ? [] : [createAnthropicSource(options.anthropic)]),
    createPerduraSource(options.miniLm),
  ];
  const find = (provider: string): ModelSource | undefined =>
    sources.find(source => source.providerName === provider || source.aliases.includes(provider));
  const missing = (provider: string): ModelError =>
    new ModelError({ kind: 'llm_not_found', message: `The provider ${provider} is not configured on this server`, retryable: false });

  return {
    listModels: async () => (await Promise.all(sources.map(source => source.listModels()))).flat(),
    listEmbeddingModels: async () => (await Promise.all(sources.map(source => source.listEmbeddingModels()))).flat(),
    async resolveModel(handle, contextWindowLimit) {
      const { provider, name } = split(handle);
      const config = await (find(provider)?.resolveModel(name) ?? null);
      return config === null || contextWindowLimit === undefined ? config : { ...config, contextWindow: contextWindowLimit };
    },
    async resolveEmbedding(handle) {
      const { provider, name } = split(handle);
      return find(provider)?.resolveEmbedding(name) ?? null;
    },
    languageModel(config) {
      const source = find(config.providerName);
      if (source === undefined) throw missing(config.providerName);
      return source.languageModel(config);
    },
    embeddingModel(config) {
      const provider = split(config.handle).provider;
      const model = find(provider)?.embeddingModel(config) ?? null;
      if (model === null) throw missing(provider);
      return model;
    },
  };
}

function split(handle: string): { readonly provider: string; readonly name: string } {
  const slash = handle.indexOf('/');
  return { provider: handle.slice(0, Math.max(0, slash)), name: handle.slice(slash + 1) };
}
