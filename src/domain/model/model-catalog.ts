import type { EmbeddingModel, EmbeddingListing, LanguageModel, ModelListing } from './language-model.js';
import type { EmbeddingOffer, ModelConfig } from './model-config.js';

/**
 * The models this server can reach, by handle. One instance a process, made at the composition root from the settings; the API lists and resolves,
 * the worker calls.
 */
export interface ModelCatalog {
  /** All models of the configured providers, in V1's provider order. A provider that cannot be asked contributes what is known statically. */
  listModels(): Promise<readonly ModelListing[]>;
  listEmbeddingModels(): Promise<readonly EmbeddingListing[]>;
  /** Null when no configured provider serves the handle. `contextWindowLimit` overrides the model's own window, in tokens. */
  resolveModel(handle: string, contextWindowLimit?: number): Promise<ModelConfig | null>;
  resolveEmbedding(handle: string): Promise<EmbeddingOffer | null>;
  /** Throws ModelError `llm_not_found` when the config's provider is not configured here. */
  languageModel(config: ModelConfig): LanguageModel;
  embeddingModel(offer: EmbeddingOffer): EmbeddingModel;
}
