import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createReembedPassages } from '../../../src/activities/jobs/reembed-passages.activity.js';
import type { ReembedPassagesDeps } from '../../../src/activities/jobs/reembed-passages.activity.js';
import type { JobProgress } from '../../../src/domain/jobs/job.js';
import type { EmbedOutcome } from '../../../src/domain/model/embed-each.js';
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
const refusal = new ModelError({ kind: 'llm_bad_request', message: 'no such text', retryable: false, refusesInput: true });

/** A job of one batch, whose model refuses a whole request for one text. */
function world(texts: readonly string[], refuses: (text: string) => Error | undefined) {
  const committed: (readonly EmbedOutcome[])[] = [];
  const failures: (readonly [error: string, ends: boolean])[] = [];
  const asked: (readonly string[])[] = [];
  const deps: ReembedPassagesDeps = {
    reembeds: {
      start: () => assert.fail(),
      nextBatch: async jobId =>
        Promise.resolve({ jobId, config, cursor: null, passages: texts.map(text => ({ id: text, text, createdAt: '' })) }),
      commit: async (_, outcomes) => {
        committed.push(outcomes);
        return Promise.resolve();
      },
      finish: () => assert.fail(),
      progress: async () => Promise.resolve({ done: 0, total: texts.length, isOver: failures.some(([, ends]) => ends) }),
    },
    jobs: {
      noteFailure: async (_, error, ends) => {
        failures.push([error, ends]);
        return Promise.resolve();
      },
    },
    embedder: {
      embed: async (_, wanted) => {
        asked.push(wanted);
        const error = wanted.map(refuses).find(found => found !== undefined);
        return error === undefined ? Promise.resolve(wanted.map(text => [text.length])) : Promise.reject(error);
      },
    },
    reembedBatchSize: 10,
  };
  const run = async (): Promise<JobProgress> => new MockActivityEnvironment().run(createReembedPassages(deps), { jobId: 'job-1' });
  return { committed, failures, asked, run };
}

describe('a batch of a job that makes vectors anew', () => {
  it('gives all but the one refused text their vectors', async () => {
    const { committed, failures, run } = world(['a', 'poison', 'ccc'], text => (text === 'poison' ? refusal : undefined));
    assert.equal((await run()).isOver, false);
    assert.deepEqual([committed, failures], [[[[1], refusal, [3]]], []]);
  });

  it('ends the job when the model takes no text at all, and leaves what is there', async () => {
    const { committed, failures, run } = world(['a', 'bb'], () => refusal);
    assert.equal((await run()).isOver, true);
    assert.deepEqual([committed, failures], [[], [['no such text', true]]]);
  });

  it('asks for no text by itself when the refusal has to do with none', async () => {
    const key = new ModelError({ kind: 'llm_authentication', message: 'wrong key', retryable: false });
    const { asked, failures, run } = world(['a', 'bb'], () => key);
    await run();
    assert.deepEqual([asked.length, failures], [1, [['wrong key', true]]]);
  });

  it('tells of a mistake of this server before the workflow fails by it, so that nobody starts it for ever', async () => {
    const { failures, run } = world(['a'], () => new Error('invalid input syntax for type vector'));
    await assert.rejects(run(), { type: 'InternalError', nonRetryable: true });
    assert.deepEqual(failures, [['invalid input syntax for type vector', true]]);
  });

  it('leaves a job open while a service is away', async () => {
    const { failures, run } = world(['a'], () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    await assert.rejects(run(), { type: 'ServiceAway', nonRetryable: false });
    assert.deepEqual(failures, []);
  });
});
