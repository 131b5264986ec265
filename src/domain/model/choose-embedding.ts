import { RequestError } from '../errors.js';
import type { ModelCatalog } from './model-catalog.js';
import type { EmbeddingConfig, EmbeddingOffer } from './model-config.js';
import { ModelError } from './model-error.js';

/** What says how texts are embedded; null = it says nothing. */
export interface EmbeddingWishes {
  readonly requested?: EmbeddingConfig | null;
  readonly archive?: EmbeddingConfig | null;
  readonly agent?: EmbeddingConfig | null;
}

export interface EmbeddingChoice {
  /** The config of a handle. Throws RequestError `invalid` when there is none, or when its dimension is unknown and cannot be found out. */
  named(handle: string, signal: AbortSignal): Promise<EmbeddingConfig>;
  /** A config that a client sent, with the dimension that its model has. */
  given(config: EmbeddingConfig, signal: AbortSignal): Promise<EmbeddingConfig>;
  /** The one order: of the request, else of the archive, else of the agent, else the server's default. Null = texts are found by their words alone. */
  choose(wishes: EmbeddingWishes, signal: AbortSignal): Promise<EmbeddingConfig | null>;
}

export interface EmbeddingChoiceOptions {
  readonly models: Pick<ModelCatalog, 'resolveEmbedding' | 'embeddingModel'>;
  /** Null = the server has no default. */
  readonly defaultHandle: string | null;
}

/** The most that a column of the type vector holds. */
const largestDimension = 16_000;

export function createEmbeddingChoice({ models, defaultHandle }: EmbeddingChoiceOptions): EmbeddingChoice {
  const dimensionOf = async (offer: EmbeddingOffer, signal: AbortSignal): Promise<number> => {
    const [vector] = await models.embeddingModel(offer).embed(['dimension'], signal);
    const dimension = vector?.length ?? 0;
    if (dimension > 0 && dimension <= largestDimension) return dimension;
    const message = `${offer.handle} gave a vector of ${dimension} numbers; from 1 to ${largestDimension} can be stored`;
    throw new ModelError({ kind: 'llm_invalid_response', message, retryable: false });
  };

  const named = async (handle: string, signal: AbortSignal): Promise<EmbeddingConfig> => {
    const offer = await models.resolveEmbedding(handle);
    if (offer === null) throw new RequestError('invalid', `Embedding model ${handle} not found`);
    if (offer.embeddingDim !== null) return { ...offer, embeddingDim: offer.embeddingDim };
    try {
      return { ...offer, embeddingDim: await dimensionOf(offer, signal) };
    } catch (error) {
      throw unusable(handle, error);
    }
  };

  let standard: Promise<EmbeddingConfig> | null = null;
  const standardOf = (handle: string, signal: AbortSignal): Promise<EmbeddingConfig> => {
    standard ??= named(handle, signal).catch((error: unknown) => {
      standard = null;
      throw error;
    });
    return standard;
  };

  return {
    named,
    async given(config, signal) {
      const offer = await models.resolveEmbedding(config.handle);
      if (offer !== null && offer.embeddingModel === config.embeddingModel && offer.embeddingDim !== null)
        return { ...config, embeddingDim: offer.embeddingDim };
      try {
        return { ...config, embeddingDim: await dimensionOf(config, signal) };
      } catch (error) {
        // Of a provider that is away just now, or not configured yet, the client knows more than this server.
        if (error instanceof ModelError && (error.retryable || error.kind === 'llm_not_found') && config.embeddingDim <= largestDimension)
          return config;
        throw unusable(config.handle, error);
      }
    },
    async choose({ requested, archive, agent }, signal) {
      const own = requested ?? archive ?? agent ?? null;
      return own !== null || defaultHandle === null ? own : standardOf(defaultHandle, signal);
    },
  };
}

function unusable(handle: string, error: unknown): unknown {
  return error instanceof ModelError ? new RequestError('invalid', `Embedding model ${handle} cannot be used: ${error.message}`) : error;
}
