import { createHash } from 'node:crypto';
import { estimateTokens } from '../../domain/context-window/estimate-tokens.js';
import { embeddingKey } from '../../domain/model/embedder.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { EmbeddingConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';

/** Vectors by model and hash of the text. */
export interface EmbeddingCache {
  find(model: string, hashes: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
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
      const hashes = texts.map(contentHash);
      const found = new Map(await cache.find(key, [...new Set(hashes)]));
      const missing = new Map(hashes.flatMap((hash, index) => (found.has(hash) ? [] : [[hash, texts[index] ?? ''] as const])));
      for (const batch of batchesOf([...missing], { ...limits, texts: Math.min(limits.texts, config.batchSize) })) {
        signal.throwIfAborted();
        const vectors = await models.embeddingModel(config).embed(
          batch.map(([, text]) => text),
          signal,
        );
        assertShape(vectors, batch.length, config);
        const made = new Map(batch.map(([hash], index) => [hash, vectors[index] ?? []]));
        // Each batch is kept by itself: who is cut off pays for no text twice.
        await cache.add(key, made);
        for (const [hash, vector] of made) found.set(hash, vector);
      }
      return hashes.map(hash => found.get(hash) ?? []);
    },
  };
}

/** SHA-256 of the text in hex, as `passages.content_hash` and the cache hold it. */
export function contentHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

type Entry = readonly [hash: string, text: string];

/** In order; a text that is longer than a whole request goes alone. */
function batchesOf(entries: readonly Entry[], limits: BatchLimits): Entry[][] {
  const batches: Entry[][] = [];
  let tokens = 0;
  for (const entry of entries) {
    const size = estimateTokens(entry[1]);
    const last = batches.at(-1);
    if (last === undefined || last.length >= limits.texts || tokens + size > limits.tokens) {
      batches.push([entry]);
      tokens = size;
    } else {
      last.push(entry);
      tokens += size;
    }
  }
  return batches;
}

function assertShape(vectors: readonly (readonly number[])[], wanted: number, config: EmbeddingConfig): void {
  const { handle, embeddingDim } = config;
  const odd = vectors.find(vector => vector.length !== embeddingDim);
  if (vectors.length === wanted && odd === undefined) return;
  const problem =
    odd === undefined ? `${vectors.length} vectors for ${wanted} texts` : `vectors of ${odd.length} numbers instead of ${embeddingDim}`;
  throw new ModelError({ kind: 'llm_invalid_response', message: `${handle} gave ${problem}`, retryable: false });
}
