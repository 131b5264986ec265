import type { EmbeddingConfig } from '../domain/model/model-config.js';
import { createMiniLmEmbeddingModel } from './embeddings/minilm-embedding-model.js';
import type { MiniLmOptions } from './embeddings/minilm-embedding-model.js';
import { createDemoLanguageModel } from './llm/demo/demo-language-model.js';
import { modelConfig, modelListing } from './model-source.js';
import type { ModelSource } from './model-source.js';

const type = 'perdura';
const demo = 'demo';
const demoWindow = 32_000;
const miniLm = 'minilm';

const miniLmConfig: EmbeddingConfig = {
  handle: `${type}/${miniLm}`,
  embeddingModel: 'all-MiniLM-L6-v2',
  embeddingEndpointType: type,
  embeddingEndpoint: null,
  embeddingDim: 384,
  embeddingChunkSize: 300,
  batchSize: 32,
};

/** What this server can do by itself, without any key or network: the demo model and embeddings on this machine. */
export function createPerduraSource(options: MiniLmOptions): ModelSource {
  const languageModel = createDemoLanguageModel();
  const embeddingModel = createMiniLmEmbeddingModel(options);
  return {
    providerName: type,
    aliases: [],
    listModels: () => Promise.resolve([modelListing(type, type, demo, demoWindow)]),
    listEmbeddingModels: () =>
      Promise.resolve([
        {
          handle: miniLmConfig.handle,
          name: miniLm,
          displayName: miniLm,
          providerType: type,
          providerName: type,
          embeddingDim: miniLmConfig.embeddingDim,
        },
      ]),
    resolveModel: model =>
      Promise.resolve(
        model === demo
          ? modelConfig({ model, modelEndpointType: type, modelEndpoint: null, providerName: type, contextWindow: demoWindow })
          : null,
      ),
    resolveEmbedding: model => Promise.resolve(model === miniLm ? miniLmConfig : null),
    languageModel: () => languageModel,
    embeddingModel: () => embeddingModel,
  };
}
