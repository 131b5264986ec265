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

/** Embeddings of OpenAI's API or one like it, in batches of the config's size. */
export function createOpenAiEmbeddingModel({ client, config, ...place }: OpenAiEmbeddingOptions): EmbeddingModel {
  return {
    async embed(texts, signal) {
      const vectors: number[][] = [];
      for (let from = 0; from < texts.length; from += config.batchSize) {
        const input = texts.slice(from, from + config.batchSize);
        try {
          const { data } = await client.embeddings.create({ model: config.embeddingModel, input, encoding_format: 'float' }, { signal });
          vectors.push(...data.toSorted((a, b) => a.index - b.index).map(entry => entry.embedding));
        } catch (error) {
          throw classifyOpenAiError(error, place);
        }
      }
      const odd = vectors.find(vector => vector.length !== config.embeddingDim);
      if (vectors.length !== texts.length || odd !== undefined) {
        const message = `${place.providerName}: ${config.embeddingModel} gave vectors of ${odd?.length ?? 0} numbers instead of ${config.embeddingDim}`;
        throw new ModelError({ kind: 'llm_invalid_response', message, retryable: false });
      }
      return vectors;
    },
  };
}
