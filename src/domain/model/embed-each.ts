import type { Embedder } from './embedder.js';
import type { EmbeddingConfig } from './model-config.js';
import { ModelError } from './model-error.js';

/** A text's vector, or why the provider will not embed this text, whenever it is asked. */
export type EmbedOutcome = readonly number[] | ModelError;

/**
 * What becomes of each text, in order: one that the provider refuses for good stands in nobody else's way, for the texts are then tried one by one. Throws the
 * ModelError of what has to do with no single text.
 */
export async function embedEach(
  embedder: Embedder,
  config: EmbeddingConfig,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly EmbedOutcome[]> {
  try {
    return await embedder.embed(config, texts, signal);
  } catch (error) {
    if (!refusesText(error)) throw error;
    if (texts.length === 1) return [error];
  }
  const outcomes: EmbedOutcome[] = [];
  for (const text of texts) outcomes.push(...(await embedEach(embedder, config, [text], signal)));
  return outcomes;
}

function refusesText(error: unknown): error is ModelError {
  return error instanceof ModelError && (error.refusesInput || error.kind === 'context_window_exceeded');
}
