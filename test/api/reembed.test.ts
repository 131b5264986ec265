import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { jobWorkflowId } from '../../src/domain/runs/execution-ids.js';
import { embeddingKey } from '../../src/domain/model/embedder.js';
import { useStack } from '../support/stack-client.js';

interface ShownArchive {
  readonly id: string;
  readonly embedding_config: { readonly handle: string };
  readonly reembed?: { readonly job_id: string; readonly status: string; readonly total: number; readonly done: number };
}

const [small, ada] = ['openai/text-embedding-3-small', 'openai/text-embedding-ada-002'];

describe("a change of an archive's embedding model", () => {
  const { stack, letta: client } = useStack();

  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.equal(response.status, 200, `${method} ${path}`);
    return (await response.json()) as Body;
  };
  const archiveWith = async (count: number): Promise<string> => {
    const { id } = await client.archives.create({ name: 'notes', embedding: small });
    await client.archives.passages.createMany(id, { passages: Array.from({ length: count }, (_, n) => ({ text: `heron ${n} of ${id}` })) });
    return id;
  };
  const models = async (archiveId: string) =>
    stack.backend.database.query<{ model: string; n: number }>(
      'select embedding_model as model, count(*)::int as n from passages where archive_id = $1 group by 1 order by 1',
      [archiveId],
    );
  const whenOver = async (archiveId: string): Promise<ShownArchive> => {
    for (;;) {
      const archive = await call<ShownArchive>('GET', `/v1/archives/${archiveId}`);
      if (archive.reembed !== undefined && !['created', 'running'].includes(archive.reembed.status)) return archive;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };

  it('makes all vectors anew in the background, and tells of it as a job, with the archive and by query', async () => {
    const id = await archiveWith(5);
    const changed = await call<ShownArchive>('PATCH', `/v1/archives/${id}`, { embedding: ada });
    assert.equal(changed.embedding_config.handle, ada);
    const jobId = changed.reembed?.job_id ?? '';
    const { reembed } = await whenOver(id);
    assert.deepEqual(reembed, { job_id: jobId, status: 'completed', total: 5, done: 5, error: null });
    assert.deepEqual(await models(id), [{ model: 'openai/text-embedding-ada-002/1536', n: 5 }]);
    const job = await call<{ status: string; job_type: string; metadata: Record<string, unknown> }>('GET', `/v1/jobs/${jobId}`);
    assert.deepEqual([job.status, job.job_type, job.metadata['kind'], job.metadata['subject_id']], ['completed', 'job', 'reembed', id]);
    const listed = await call<{ id: string }[]>('GET', '/v1/jobs/?job_type=job&limit=5');
    assert.ok(listed.some(found => found.id === jobId));
    const handle = stack.backend.temporal.client.workflow.getHandle(jobWorkflowId(jobId));
    assert.deepEqual(await handle.query('progress'), { done: 5, total: 5, isOver: true });
    const again = await call<ShownArchive>('PATCH', `/v1/archives/${id}`, { embedding: ada });
    assert.equal(again.reembed?.job_id, jobId, 'there is nothing to be done anew');
  });

  it("goes for the agent's own archives when the agent's model changes", async () => {
    const { id: agentId } = await client.agents.create({ model: 'openai/mock-model', embedding: small });
    await client.agents.passages.create(agentId, { text: 'A heron is a bird' });
    await client.agents.update(agentId, { embedding: ada });
    const [place] = await stack.backend.archives.ofAgent('org-00000000-0000-4000-8000-000000000000', agentId);
    assert.equal((await whenOver(place?.archiveId ?? '')).reembed?.status, 'completed');
    assert.deepEqual(await models(place?.archiveId ?? ''), [{ model: 'openai/text-embedding-ada-002/1536', n: 1 }]);
  });

  it('can be cancelled in its middle; what is found stays found, by old and new vectors, and the next change goes on', async () => {
    const id = await archiveWith(4);
    const { reembeds, embedder, embeddingChoice, passageSearch } = stack.backend;
    const signal = new AbortController().signal;
    const config = await embeddingChoice.named(ada, signal);
    // The job's row alone, and not yet due for reconcile, so that no workflow goes on while it is looked at.
    const organizationId = 'org-00000000-0000-4000-8000-000000000000';
    const jobId = (await reembeds.start({ jobId: `job-${randomUUID()}`, organizationId, archiveId: id, config, userId: 'u' })) ?? '';
    await stack.backend.database.query(`update jobs set created_at = now() + interval '1 hour' where id = $1`, [jobId]);
    const first = (await reembeds.nextBatch(jobId, 2)) ?? assert.fail();
    const vectors = await embedder.embed(
      config,
      first.passages.map(({ text }) => text),
      signal,
    );
    for (const _ of [1, 2]) await reembeds.commit(first, vectors);
    assert.deepEqual(await reembeds.progress(jobId), { done: 2, total: 4, isOver: false }, 'a repeated commit counts once');
    await call('PATCH', `/v1/jobs/${jobId}/cancel`, {});
    await stack.backend.database.query(`update jobs set created_at = now() - interval '1 minute' where id = $1`, [jobId]);
    await reembeds.commit((await reembeds.nextBatch(jobId, 2)) ?? first, vectors);
    assert.deepEqual(
      (await models(id)).map(({ n }) => n),
      [2, 2],
    );
    const found = await call<{ metadata: { vector_rank: number | null } }[]>('POST', '/v1/passages/search', {
      archive_id: id,
      query: 'heron',
    });
    assert.deepEqual([found.length, found.every(hit => hit.metadata.vector_rank !== null)], [4, true]);
    const lone = {
      organizationId,
      ownerIds: [id],
      query: 'nothing',
      tags: [],
      tagMatch: 'any' as const,
      startAt: null,
      endAt: null,
      limit: 9,
    };
    const [vector] = vectors;
    const byNew = await passageSearch.search({ ...lone, vectors: [{ model: embeddingKey(config), vector: vector ?? [] }] });
    assert.equal(byNew.passages.length, 2, 'a vector is compared with those of its model');
    await call('PATCH', `/v1/archives/${id}`, { embedding: ada });
    const { reembed } = await whenOver(id);
    assert.deepEqual([reembed?.status, reembed?.total], ['completed', 2]);
    assert.equal((await models(id)).length, 1);
  });

  it('lets no vector of the old model come after it', async () => {
    const id = await archiveWith(1);
    const { archives, passages, passageIntake } = stack.backend;
    const organizationId = 'org-00000000-0000-4000-8000-000000000000';
    const before = (await archives.find(organizationId, id)) ?? assert.fail();
    await call('PATCH', `/v1/archives/${id}`, { embedding: ada });
    const late = {
      id: `passage-${randomUUID()}`,
      text: 'late',
      tags: [],
      metadata: {},
      createdAt: null,
      toolCallId: null,
      createdById: null,
    };
    assert.equal(await passages.insert(before, [{ ...late, embedding: new Array<number>(1536).fill(1) }]), null);
    const stored = await passageIntake.store(before, [late], new AbortController().signal);
    assert.equal(stored?.[0]?.embeddingConfig?.handle, ada);
    await whenOver(id);
    assert.equal((await models(id)).length, 1);
  });

  it('fails with the reason when the provider refuses, and leaves what is there', async () => {
    const id = await archiveWith(1);
    const foreign = { embedding_endpoint_type: 'openai', embedding_model: 'x', embedding_dim: 8, handle: 'nobody/x' };
    await call('PATCH', `/v1/archives/${id}`, { embedding_config: foreign });
    const { reembed } = await whenOver(id);
    assert.equal(reembed?.status, 'failed');
    assert.match(JSON.stringify(reembed), /nobody is not configured/);
    assert.deepEqual(await models(id), [{ model: 'openai/text-embedding-3-small/1536', n: 1 }]);
  });
});
