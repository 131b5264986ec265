import type OpenAI from 'openai';
import type { EmbeddingModel } from '../../domain/model/language-model.js';
import { classifyOpenAiError } from '../llm/openai/classify-openai-error.js';
import type { OpenAiPlace } from '../llm/openai/classify-openai-error.js';

export interface OpenAiEmbeddingOptions extends OpenAiPlace {
  readonly client: OpenAI;
  /** As the provider knows it. */
  readonly model: string;
}

/** No provider's limit is as low; what is refused at this length is refused for another reason. */
const shortestCut = 1000;

/**
 * Embeddings of OpenAI's API or one like it. A batch that is too large for the provider is halved, and of a text that is longer than the model reads its
 * beginning counts, as with the model on this machine.
 */
export function createOpenAiEmbeddingModel({ client, model, ...place }: OpenAiEmbeddingOptions): EmbeddingModel {
  const embed = async (input: readonly string[], signal: AbortSignal): Promise<readonly number[][]> => {
    try {
      const { data } = await client.embeddings.create({ model, input: [...input], encoding_format: 'float' }, { signal });
      return data.toSorted((a, b) => a.index - b.index).map(entry => entry.embedding);
    } catch (error) {
      const failure = classifyOpenAiError(error, place);
      const isTooLarge = failure.kind === 'context_window_exceeded' || failure.status === 400 || failure.status === 413;
      const [text] = input;
      if (!isTooLarge || text === undefined) throw failure;
      if (input.length > 1) {
        const half = Math.ceil(input.length / 2);
        return [...(await embed(input.slice(0, half), signal)), ...(await embed(input.slice(half), signal))];
      }
      if (failure.kind !== 'context_window_exceeded' || text.length < shortestCut) throw failure;
      return embed([text.slice(0, Math.floor(text.length / 2))], signal);
    }
  };
  return { embed };
}
