import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { EmbeddingConfig } from '../../src/domain/model/model-config.js';
import { ModelError } from '../../src/domain/model/model-error.js';
import { createJobsRepository } from '../../src/repositories/jobs.repository.js';
import { createReembedRepository } from '../../src/repositories/reembed.repository.js';
import type { ReembedRepository } from '../../src/repositories/reembed.repository.js';
import { waitFor } from '../support/approval-world.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { newPoint, putPassages } from '../support/passage-rows.js';

const organizationId = 'org-a';
const config: EmbeddingConfig = {
  handle: 'openai/new',
  embeddingModel: 'new',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 2,
  embeddingChunkSize: 300,
  batchSize: 32,
};

describe('the job that makes the vectors of an archive anew', () => {
  let world: TestDatabase;
  let reembeds: ReembedRepository;
  let archiveId: string;

  before(async () => {
    world = await openTestDatabase();
    reembeds = createReembedRepository(world.database);
  });
  beforeEach(async () => {
    archiveId = `archive-${randomUUID()}`;
    await putPassages(
      world.database,
      [1, 2, 3].map(n => newPoint([n, 0], { ownerId: archiveId, createdAt: new Date(n * 1000) })),
    );
  });
  after(() => world.close());

  const start = () => reembeds.start({ jobId: `job-${randomUUID()}`, organizationId, archiveId, config, userId: 'u' });
  const started = async (): Promise<string> => (await start()) ?? assert.fail('no job was made');
  const batchOf = async (jobId: string) => (await reembeds.nextBatch(jobId, 10)) ?? assert.fail('the job is over');
  const models = async () =>
    (
      await world.database.query<{ model: string | null }>(
        'select embedding_model as model from passages where archive_id = $1 order by created_at',
        [archiveId],
      )
    ).map(({ model }) => model);

  it('is made again for an archive that had no model before, until all its passages have a vector of the new one', async () => {
    await createJobsRepository(world.database).noteFailure(await started(), 'wrong key', true);
    const jobId = await started();
    const vectors = [1, 2, 3].map(n => [0, n]);
    await reembeds.commit(await batchOf(jobId), vectors);
    await reembeds.finish(jobId);
    assert.deepEqual(await models(), Array(3).fill('openai/new/2'));
    assert.equal(await start(), null, 'there is nothing to be done anew');
  });

  it('goes on behind a text that the model refuses, which keeps no old vector and is named in the report', async () => {
    const jobId = await started();
    const batch = await batchOf(jobId);
    const refusal = new ModelError({ kind: 'llm_bad_request', message: 'no such text', retryable: false, refusesInput: true });
    for (const _ of [1, 2]) await reembeds.commit(batch, [[0, 1], refusal, [0, 3]]);
    assert.deepEqual(await models(), ['openai/new/2', null, 'openai/new/2']);
    const [refused] = await world.database.query<object>(
      `select embedding, embedding_dim as dim, embedding_config as config from passages where archive_id = $1 and embedding_model is null`,
      [archiveId],
    );
    assert.deepEqual(refused, { embedding: null, dim: null, config: null });
    assert.deepEqual((await batchOf(jobId)).passages, [], 'none is left behind it');
    const job = await createJobsRepository(world.database).find(organizationId, jobId);
    assert.deepEqual(job?.report, { refused: 1, refused_passages: [{ id: batch.passages[1]?.id, error: 'no such text' }] });
    assert.equal(job.done, 3);
  });

  it('ends while the model is changed once more', async () => {
    const jobId = await started();
    const endings: Promise<void>[] = [];
    await world.database.transaction(async transaction => {
      await transaction.query('select from archives where id = $1 for update', [archiveId]);
      endings.push(reembeds.finish(jobId));
      await waitFor(async () => {
        const waiting = await world.database.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%set former_embeddings%'`,
        );
        return waiting.length > 0;
      });
      await transaction.query(`update jobs set status = 'cancelled', completed_at = now() where id = $1`, [jobId]);
    });
    await Promise.all(endings);
    const job = await createJobsRepository(world.database).find(organizationId, jobId);
    assert.equal(job?.status, 'cancelled');
  });
});
