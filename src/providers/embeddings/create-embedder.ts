import { estimateTokens } from '../../domain/context-window/estimate-tokens.js';
import { embeddingKey } from '../../domain/model/embedder.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { EmbeddingConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';

/** Vectors by model and text. */
export interface EmbeddingCache {
  find(model: string, texts: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  add(model: string, vectors: ReadonlyMap<string, readonly number[]>): Promise<void>;
}

export interface BatchLimits {
  /** Texts of one request; a config may ask for fewer. */
  readonly texts: number;
  /** Tokens of one request, by estimate. */
  readonly tokens: number;
}

export interface EmbedderOptions {
  readonly models: Pick<ModelCatalog, 'embeddingModel'>;
  readonly cache: EmbeddingCache;
  readonly limits: BatchLimits;
}

export function createEmbedder({ models, cache, limits }: EmbedderOptions): Embedder {
  return {
    async embed(config, texts, signal) {
      if (texts.length === 0) return [];
      const key = embeddingKey(config);
      const distinct = [...new Set(texts)];
      const found = new Map(await cache.find(key, distinct));
      const missing = distinct.filter(text => !found.has(text));
      for (const batch of batchesOf(missing, { ...limits, texts: Math.min(limits.texts, config.batchSize) })) {
        signal.throwIfAborted();
        const vectors = await models.embeddingModel(config).embed(batch, signal);
        assertShape(vectors, batch.length, config);
        const made = new Map(batch.map((text, index) => [text, vectors[index] ?? []]));
        // Each batch is kept by itself: who is cut off pays for no text twice.
        await cache.add(key, made);
        for (const [text, vector] of made) found.set(text, vector);
      }
      return texts.map(text => found.get(text) ?? []);
    },
  };
}

/** In order; a text that is longer than a whole request goes alone. */
function batchesOf(texts: readonly string[], limits: BatchLimits): string[][] {
  const batches: string[][] = [];
  let tokens = 0;
  for (const text of texts) {
    const size = estimateTokens(text);
    const last = batches.at(-1);
    if (last === undefined || last.length >= limits.texts || tokens + size > limits.tokens) {
      batches.push([text]);
      tokens = size;
    } else {
      last.push(text);
      tokens += size;
    }
  }
  return batches;
}

function assertShape(vectors: readonly (readonly number[])[], wanted: number, config: EmbeddingConfig): void {
  const { handle, embeddingDim } = config;
  const odd = vectors.find(vector => vector.length !== embeddingDim);
  if (vectors.length !== wanted) throw invalid(`${handle} gave ${vectors.length} vectors for ${wanted} texts`);
  if (odd !== undefined) throw invalid(`${handle} gave vectors of ${odd.length} numbers instead of ${embeddingDim}`);
  // Some servers write what is no number as null. It comes of one text, and comes again with it.
  if (!vectors.every(vector => vector.every(Number.isFinite))) throw invalid(`${handle} gave a vector of which a part is no number`, true);
}

function invalid(message: string, refusesInput = false): ModelError {
  return new ModelError({ kind: 'llm_invalid_response', message, retryable: false, refusesInput });
}
