import assert from 'node:assert/strict';
import { embedQuestion } from '../../../src/domain/model/embedder.js';
import type { EmbeddedPlace } from '../../../src/domain/model/embedder.js';
import type { EmbeddingConfig } from '../../../src/domain/model/model-config.js';
import { ModelError } from '../../../src/domain/model/model-error.js';

const config = (name: string): EmbeddingConfig => ({
  handle: `p/${name}`,
  embeddingModel: name,
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 1,
  embeddingChunkSize: 300,
  batchSize: 32,
});
const place = (current: string | null, ...former: readonly string[]): EmbeddedPlace => ({
  embeddingConfig: current === null ? null : config(current),
  formerEmbeddings: former.map(config),
});

/** The models that made vectors of the question; those that begin with `gone` fail. */
async function modelsFor(...places: readonly EmbeddedPlace[]): Promise<readonly string[]> {
  const embedder = {
    embed: ({ embeddingModel }: EmbeddingConfig) =>
      embeddingModel.startsWith('gone')
        ? Promise.reject(new ModelError({ kind: 'llm_not_found', message: `${embeddingModel} is away`, retryable: false }))
        : Promise.resolve([[1]]),
  };
  const vectors = await embedQuestion(embedder, places, 'where?', new AbortController().signal);
  return vectors.map(({ model }) => model).toSorted();
}

describe('embedQuestion', () => {
  it('asks each model of the places once, former ones too', async () => {
    assert.deepEqual(await modelsFor(place('a'), place('b', 'a'), place(null), place('a', 'c')), ['p/a/1', 'p/b/1', 'p/c/1']);
    assert.deepEqual(await modelsFor(place(null)), []);
  });

  it('leaves a model out that fails, unless the places go by no other', async () => {
    assert.deepEqual(await modelsFor(place('a', 'gone')), ['p/a/1']);
    assert.deepEqual(await modelsFor(place('a'), place('gone')), ['p/a/1']);
    await assert.rejects(modelsFor(place('gone'), place('gone')), { message: 'gone is away' });
    await assert.rejects(modelsFor(place('gone', 'a')), { message: 'gone is away' });
  });
});
