import assert from 'node:assert/strict';
import type { EmbeddingConfig } from '../../../src/domain/model/model-config.js';
import { embedEach } from '../../../src/domain/model/embed-each.js';
import { ModelError } from '../../../src/domain/model/model-error.js';
import { createEmbedder } from '../../../src/providers/embeddings/create-embedder.js';

const config: EmbeddingConfig = {
  handle: 'openai/some',
  embeddingModel: 'some',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 2,
  embeddingChunkSize: 300,
  batchSize: 3,
};
const never = new AbortController().signal;

/** A provider whose vectors hold the length of the text, and a cache in memory. */
function world(options: { readonly tokens?: number; readonly failAt?: number; readonly size?: number; readonly oddAt?: string } = {}) {
  const asked: (readonly string[])[] = [];
  const kept = new Map<string, readonly number[]>();
  const embedder = createEmbedder({
    models: {
      embeddingModel: () => ({
        embed: texts => {
          if (asked.push(texts) === options.failAt) return Promise.reject(new Error('away'));
          const first = (text: string): number => (text === options.oddAt ? (null as unknown as number) : text.length);
          return Promise.resolve(texts.map(text => [first(text), ...new Array<number>((options.size ?? 2) - 1).fill(0)]));
        },
      }),
    },
    cache: {
      find: (model, texts) =>
        Promise.resolve(new Map(texts.flatMap(text => (kept.has(model + text) ? [[text, kept.get(model + text) ?? []] as const] : [])))),
      add: (model, vectors) => {
        for (const [text, vector] of vectors) kept.set(model + text, vector);
        return Promise.resolve();
      },
    },
    limits: { texts: 100, tokens: options.tokens ?? 1_000_000 },
  });
  return { asked, kept, embedder };
}

describe('createEmbedder', () => {
  it('asks once for texts that are the same, in batches of the config, and answers in order', async () => {
    const { asked, embedder } = world();
    const vectors = await embedder.embed(config, ['a', 'bb', 'a', 'ccc', 'dddd'], never);
    assert.deepEqual(
      vectors.map(vector => vector[0]),
      [1, 2, 1, 3, 4],
    );
    assert.deepEqual(asked, [['a', 'bb', 'ccc'], ['dddd']]);
  });

  it('asks for nothing that was embedded before with the same model, and anew with another one', async () => {
    const { asked, embedder } = world();
    await embedder.embed(config, ['a', 'bb'], never);
    await embedder.embed(config, ['bb', 'ccc'], never);
    await embedder.embed({ ...config, embeddingModel: 'other' }, ['a'], never);
    assert.deepEqual(asked, [['a', 'bb'], ['ccc'], ['a']]);
  });

  it('keeps the batches that were embedded before the provider failed', async () => {
    const { asked, embedder } = world({ failAt: 2 });
    const texts = ['a', 'bb', 'ccc', 'dddd'];
    await assert.rejects(embedder.embed(config, texts, never), /away/);
    assert.equal((await embedder.embed(config, texts, never)).length, 4);
    assert.deepEqual(asked, [['a', 'bb', 'ccc'], ['dddd'], ['dddd']]);
  });

  it('divides requests by their tokens', async () => {
    const { asked, embedder } = world({ tokens: 10 });
    await embedder.embed(config, ['x'.repeat(20), 'y'.repeat(20), 'z'], never);
    assert.deepEqual(
      asked.map(texts => texts.length),
      [1, 2],
    );
  });

  it('stops between two batches when it is cancelled', async () => {
    const { asked, embedder } = world();
    await assert.rejects(embedder.embed(config, ['a'], AbortSignal.abort()), { name: 'AbortError' });
    assert.equal(asked.length, 0);
  });

  it('refuses vectors of another dimension and keeps none of them', async () => {
    const { embedder, kept } = world({ size: 8 });
    await assert.rejects(embedder.embed(config, ['a'], never), { kind: 'llm_invalid_response' });
    assert.equal(kept.size, 0);
  });

  it('refuses a vector with what is no number, and keeps it from nobody else', async () => {
    const { embedder, kept } = world({ oddAt: 'poison' });
    await assert.rejects(embedder.embed(config, ['a', 'poison'], never), { kind: 'llm_invalid_response', retryable: false });
    assert.equal(kept.size, 0);
    const outcomes = await embedEach(embedder, config, ['a', 'poison', 'ccc'], never);
    assert.deepEqual(
      outcomes.map(outcome => (outcome instanceof ModelError ? outcome.message : outcome[0])),
      [1, 'openai/some gave a vector of which a part is no number', 3],
    );
  });
});
