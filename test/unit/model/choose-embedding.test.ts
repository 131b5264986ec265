import assert from 'node:assert/strict';
import { createEmbeddingChoice } from '../../../src/domain/model/choose-embedding.js';
import type { EmbeddingConfig } from '../../../src/domain/model/model-config.js';
import { ModelError } from '../../../src/domain/model/model-error.js';

const never = new AbortController().signal;
const config = (name: string, embeddingDim = 4): EmbeddingConfig => ({
  handle: `openai/${name}`,
  embeddingModel: name,
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim,
  embeddingChunkSize: 300,
  batchSize: 32,
});

/** A provider of `known`, whose dimension it tells, and of `local`, whose dimension is seen from its vectors. */
function choice(defaultHandle: string | null = null, failure: ModelError | null = null) {
  const probes: string[] = [];
  const made = createEmbeddingChoice({
    defaultHandle,
    models: {
      resolveEmbedding: handle =>
        Promise.resolve(
          handle === 'openai/known' ? config('known', 1536) : handle === 'openai/local' ? { ...config('local'), embeddingDim: null } : null,
        ),
      embeddingModel: offer => ({
        embed: () => {
          probes.push(offer.handle);
          return failure === null ? Promise.resolve([[1, 2, 3]]) : Promise.reject(failure);
        },
      }),
    },
  });
  return { ...made, probes };
}
const failure = (retryable: boolean) => new ModelError({ kind: 'llm_bad_request', message: 'embeds nothing', retryable });

describe('createEmbeddingChoice', () => {
  it('takes the request before the archive, the agent and the default of the server', async () => {
    const server = choice('openai/known');
    const [requested, archive, agent] = [config('r'), config('a'), config('g')];
    const handles = [{ requested, archive, agent }, { archive, agent }, { agent, requested: null }, {}].map(
      async wishes => (await server.choose(wishes, never))?.handle,
    );
    assert.deepEqual(await Promise.all(handles), ['openai/r', 'openai/a', 'openai/g', 'openai/known']);
    assert.equal(await choice(null).choose({}, never), null);
  });

  it('looks a dimension up that the provider does not tell, and no other', async () => {
    const server = choice();
    assert.equal((await server.named('openai/known', never)).embeddingDim, 1536);
    assert.equal((await server.named('openai/local', never)).embeddingDim, 3);
    assert.deepEqual(server.probes, ['openai/local']);
  });

  it('puts the dimension right that a client sends', async () => {
    const server = choice();
    assert.equal((await server.given(config('known', 7), never)).embeddingDim, 1536);
    assert.equal((await server.given(config('foreign', 7), never)).embeddingDim, 3);
  });

  it('refuses a model that cannot be used, and believes the client of one that is away', async () => {
    await assert.rejects(choice().named('openai/none', never), { kind: 'invalid', message: 'Embedding model openai/none not found' });
    await assert.rejects(choice(null, failure(false)).named('openai/local', never), { kind: 'invalid', message: /embeds nothing/ });
    await assert.rejects(choice(null, failure(false)).given(config('foreign'), never), { kind: 'invalid' });
    assert.equal((await choice(null, failure(true)).given(config('foreign', 7), never)).embeddingDim, 7);
  });
});
