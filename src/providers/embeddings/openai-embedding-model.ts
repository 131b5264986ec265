import type OpenAI from 'openai';
import type { EmbeddingModel } from '../../domain/model/language-model.js';
import type { EmbeddingConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import { classifyOpenAiError } from '../llm/openai/classify-openai-error.js';
import type { OpenAiPlace } from '../llm/openai/classify-openai-error.js';

export interface OpenAiEmbeddingOptions extends OpenAiPlace {
  readonly client: OpenAI;
  readonly config: EmbeddingConfig;
}

/** Embeddings of OpenAI's API or one like it, in batches of the config's size; a batch that is too large for the provider is halved. */
export function createOpenAiEmbeddingModel({ client, config, ...place }: OpenAiEmbeddingOptions): EmbeddingModel {
  const request = async (input: string[], signal: AbortSignal): Promise<readonly number[][]> => {
    try {
      const { data } = await client.embeddings.create({ model: config.embeddingModel, input, encoding_format: 'float' }, { signal });
      return data.toSorted((a, b) => a.index - b.index).map(entry => entry.embedding);
    } catch (error) {
      const failure = classifyOpenAiError(error, place);
      const isTooLarge = failure.kind === 'context_window_exceeded' || failure.status === 400 || failure.status === 413;
      if (!isTooLarge || input.length === 1) throw failure;
      const half = Math.ceil(input.length / 2);
      return [...(await request(input.slice(0, half), signal)), ...(await request(input.slice(half), signal))];
    }
  };
  return {
    async embed(texts, signal) {
      const vectors: number[][] = [];
      for (let from = 0; from < texts.length; from += config.batchSize) {
        vectors.push(...(await request(texts.slice(from, from + config.batchSize), signal)));
      }
      assertShape(vectors, texts.length, config, place.providerName);
      return vectors;
    },
  };
}

function assertShape(vectors: readonly number[][], wanted: number, config: EmbeddingConfig, provider: string): void {
  const { embeddingModel: model, embeddingDim } = config;
  const odd = vectors.find(vector => vector.length !== embeddingDim);
  if (vectors.length === wanted && odd === undefined) return;
  const problem =
    odd === undefined ? `${vectors.length} vectors for ${wanted} texts` : `vectors of ${odd.length} numbers instead of ${embeddingDim}`;
  throw new ModelError({ kind: 'llm_invalid_response', message: `${provider}: ${model} gave ${problem}`, retryable: false });
}
