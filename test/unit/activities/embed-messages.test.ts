import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createEmbedMessages } from '../../../src/activities/embeddings/embed-messages.activity.js';
import type { EmbedMessagesDeps } from '../../../src/activities/embeddings/embed-messages.activity.js';
import { ModelError } from '../../../src/domain/model/model-error.js';

const config = {
  handle: 'openai/some',
  embeddingModel: 'some',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 1,
  embeddingChunkSize: 300,
  batchSize: 32,
};

/** Three messages wait, of which a provider answers with an error when it is sent `poison`. */
function world(error: Error) {
  const kept: string[] = [];
  const postponed: (readonly [ids: readonly string[], isRefused: boolean])[] = [];
  const environment = new MockActivityEnvironment();
  const deps: EmbedMessagesDeps = {
    messageEmbeddings: {
      due: async () => Promise.resolve(['a', 'poison', 'ccc'].map(text => ({ id: text, text, dueAt: new Date(0), config }))),
      isDue: () => assert.fail(),
      listStale: async () => Promise.resolve(false),
      keep: async (_, made) => Promise.resolve(void kept.push(...made.map(({ id }) => id))),
      skip: () => assert.fail(),
      postpone: async (ids, isRefused = false) => Promise.resolve(void postponed.push([ids, isRefused])),
    },
    embedder: {
      embed: async (_, texts) => (texts.includes('poison') ? Promise.reject(error) : Promise.resolve(texts.map(text => [text.length]))),
    },
    embeddingChoice: { choose: async () => Promise.resolve(config) },
    embeddingBatch: { messages: 10, characters: 1000 },
  };
  const run = async (): Promise<boolean> => environment.run(createEmbedMessages(deps));
  return { kept, postponed, environment, run };
}

describe('the embedding of messages', () => {
  it('postpones the one text that a provider refuses, and no other', async () => {
    const refusal = new ModelError({ kind: 'llm_bad_request', message: 'no such text', retryable: false, refusesInput: true });
    const { kept, postponed, run } = world(refusal);
    assert.equal(await run(), false);
    assert.deepEqual([kept, postponed], [['a', 'ccc'], [[['poison'], true]]]);
  });

  it('goes on behind messages that fail for a reason that nobody has foreseen', async () => {
    const { postponed, run } = world(new Error('invalid input syntax for type vector'));
    assert.equal(await run(), false);
    assert.deepEqual(postponed, [[['a', 'poison', 'ccc'], false]]);
  });

  it('holds nothing against the messages when the worker goes down or the database is away', async () => {
    const aborted = world(new ModelError({ kind: 'llm_connection', message: 'aborted', retryable: true }));
    aborted.environment.cancel();
    await assert.rejects(aborted.run(), { type: 'WorkerDown', nonRetryable: false });
    const away = world(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    await assert.rejects(away.run(), { type: 'ServiceAway', nonRetryable: false });
    assert.deepEqual([aborted.postponed, away.postponed], [[], []]);
  });
});
