import type { EmbeddingListing, EmbeddingModel, LanguageModel, ModelListing } from '../domain/model/language-model.js';
import type { EmbeddingOffer, ModelConfig } from '../domain/model/model-config.js';

/** One configured provider. */
export interface ModelSource {
  readonly providerName: string;
  /** Other beginnings of handles that mean this provider. */
  readonly aliases: readonly string[];
  listModels(): Promise<readonly ModelListing[]>;
  listEmbeddingModels(): Promise<readonly EmbeddingListing[]>;
  /** Null when the provider has no such model. `model` is the handle without the provider. */
  resolveModel(model: string): Promise<ModelConfig | null>;
  resolveEmbedding(model: string): Promise<EmbeddingOffer | null>;
  languageModel(config: ModelConfig): LanguageModel;
  embeddingModel(offer: EmbeddingOffer): EmbeddingModel | null;
}

/** V1's default for models with a larger window: requests that fill it are slow and dear. An agent's own limit may be higher. */
const largestDefaultWindow = 128_000;

export type ConfigBase = Pick<ModelConfig, 'model' | 'modelEndpointType' | 'modelEndpoint' | 'providerName' | 'contextWindow'> &
  Partial<ModelConfig>;

/** A model's config with V1's defaults. */
export function modelConfig(base: ConfigBase): ModelConfig {
  return {
    displayName: base.model,
    providerCategory: 'base',
    temperature: 1,
    maxTokens: null,
    enableReasoner: false,
    reasoningEffort: null,
    maxReasoningTokens: 0,
    effort: null,
    verbosity: null,
    frequencyPenalty: null,
    parallelToolCalls: false,
    putInnerThoughtsInKwargs: false,
    strict: false,
    responseFormat: null,
    ...base,
    handle: `${base.providerName}/${base.model}`,
    contextWindow: Math.min(base.contextWindow, largestDefaultWindow),
  };
}

export function modelListing(providerName: string, providerType: string, name: string, contextWindow: number): ModelListing {
  return { handle: `${providerName}/${name}`, name, displayName: name, providerType, providerName, contextWindow };
}

/** The names a provider lists, at most `maxAgeMs` old where a list is wanted that is newer than usual. */
export type CachedListing = (maxAgeMs?: number) => Promise<readonly string[]>;

/** A name that is not in the list may have come since: that is worth a question, but not one for each request. */
export const missMaxAgeMs = 15_000;
const keptMs = 300_000;

/** Asks at most once in a while; a failure gives `fallback` and is asked again sooner. */
export function cachedListing(fetchNames: () => Promise<readonly string[]>, fallback: readonly string[], now = Date.now): CachedListing {
  let names: Promise<readonly string[]> | null = null;
  let askedAt = 0;
  let failed = false;
  return (maxAgeMs = keptMs) => {
    if (names === null || now() - askedAt > (failed ? Math.min(maxAgeMs, missMaxAgeMs) : maxAgeMs)) {
      askedAt = now();
      failed = false;
      names = fetchNames().catch(() => {
        failed = true;
        return fallback;
      });
    }
    return names;
  };
}

/** Whether the provider lists the model: asked again when it is not in the list that is at hand. */
export async function isListed(names: CachedListing, model: string): Promise<boolean> {
  return (await names()).includes(model) || (await names(missMaxAgeMs)).includes(model);
}
