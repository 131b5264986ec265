import type { EmbeddingConfig } from './model-config.js';
import { ModelError } from './model-error.js';

/**
 * The one way from texts to vectors, for passages, messages and questions alike. What was embedded before is not asked for again. One vector of
 * `config.embeddingDim` numbers for each text, in order; what is done when `signal` aborts, or a provider fails, is kept for the next try.
 * Throws ModelError.
 */
export interface Embedder {
  embed(config: EmbeddingConfig, texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

/** What vectors have to have in common to be comparable. Rows that hold a vector are marked with it. */
export function embeddingKey({ handle, embeddingModel, embeddingDim }: EmbeddingConfig): string {
  return `${handle.slice(0, Math.max(0, handle.indexOf('/')))}/${embeddingModel}/${embeddingDim}`;
}

/** A question's vector, to be compared with vectors of the same key. */
export interface QueryVector {
  readonly model: string;
  readonly vector: readonly number[];
}

/** What says which models have made the vectors of a place that is searched. */
export interface EmbeddedPlace {
  readonly embeddingConfig: EmbeddingConfig | null;
  /** Of vectors that are not made anew yet. */
  readonly formerEmbeddings: readonly EmbeddingConfig[];
}

/**
 * A question's vector for every model that has made vectors of the places. A model that fails is left out, for what it has made is still found by words;
 * throws its ModelError when it is the only one that the places go by.
 */
export async function embedQuestion(
  embedder: Embedder,
  places: readonly EmbeddedPlace[],
  text: string,
  signal: AbortSignal,
): Promise<QueryVector[]> {
  const current = new Map(places.flatMap(({ embeddingConfig }) => entryOf(embeddingConfig)));
  const former = places.flatMap(({ formerEmbeddings }) => formerEmbeddings.flatMap(entryOf));
  const failures: ModelError[] = [];
  const vectors = await Promise.all(
    [...new Map([...former, ...current])].map(async ([model, config]) => {
      try {
        const vector = await embedOne(embedder, config, text, signal);
        return vector === null ? [] : [{ model, vector }];
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        if (current.has(model)) failures.push(error);
        return [];
      }
    }),
  );
  const [failure] = failures;
  if (failure !== undefined && failures.length === current.size) throw failure;
  return vectors.flat();
}

function entryOf(config: EmbeddingConfig | null): (readonly [string, EmbeddingConfig])[] {
  return config === null ? [] : [[embeddingKey(config), config]];
}

/** The vector of one text; null without a model. */
export async function embedOne(
  embedder: Embedder,
  config: EmbeddingConfig | null,
  text: string,
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  if (config === null) return null;
  const [vector] = await embedder.embed(config, [text], signal);
  return vector ?? null;
}
