import type { EmbeddingConfig } from './model-config.js';

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
