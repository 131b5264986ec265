import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Letta } from '@letta-ai/letta-client';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

interface Job {
  readonly id: string;
  readonly status: string;
  readonly metadata: { readonly report: Readonly<Record<string, number>> };
}

describe("a purge of an identity's data", () => {
  let stack: Stack;
  let client: Letta;

  before(async () => {
    stack = await sharedStack();
    client = new Letta({ baseURL: stack.url, apiKey: 'none', maxRetries: 0 });
  });

  const post = (path: string, body: unknown) =>
    fetch(`${stack.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const purge = (identityId: string) => post('/v1/admin/purges/', { identity_id: identityId });
  const whenOver = async (id: string): Promise<Job> => {
    for (;;) {
      const job = (await (await fetch(`${stack.url}/v1/jobs/${id}`)).json()) as Job;
      if (!['created', 'running'].includes(job.status)) return job;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const newIdentity = async (): Promise<string> => {
    const key = randomUUID();
    const response = await post('/v1/identities/', { identifier_key: key, name: key, identity_type: 'user' });
    return ((await response.json()) as { id: string }).id;
  };
  const statusOf = async (identityId: string): Promise<number> => (await fetch(`${stack.url}/v1/identities/${identityId}`)).status;
  const countOf = async (table: string, where: string, value: unknown): Promise<number> =>
    (await stack.backend.database.query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`, [value]))[0]?.n ?? -1;

  it('deletes what is its own, of an open run too, leaves what others share, and tells the counts', async () => {
    const [mine, other] = [await newIdentity(), await newIdentity()];
    const agent = { model: 'openai/mock-model', embedding: 'openai/text-embedding-3-small' };
    const own = await client.agents.create({ ...agent, identity_ids: [mine], memory_blocks: [{ label: 'human', value: 'Ada' }] });
    const shared = await client.agents.create({ ...agent, identity_ids: [mine, other] });
    const [text, kept] = [`secret of ${randomUUID()}`, `kept ${randomUUID()}`];
    await client.agents.passages.create(own.id, { text });
    await client.agents.passages.create(shared.id, { text: kept });
    await client.agents.messages.create(own.id, { input: 'Hello' });
    await client.agents.messages.create(shared.id, { messages: [{ role: 'user', content: 'of mine', sender_id: mine }] });
    await client.agents.messages.create(shared.id, { messages: [{ role: 'user', content: 'of the other', sender_id: other }] });
    const hash = `content_hash = encode(sha256(convert_to($1, 'UTF8')), 'hex')`;
    assert.equal(await countOf('embeddings', hash, text), 1);
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>(resolve => (asked = resolve));
    stack.mock.script = async () => {
      asked();
      await new Promise(resolve => setTimeout(resolve, 60_000).unref());
      return { text: 'late' };
    };
    const running = client.agents.messages.create(own.id, { input: 'And now?' }).catch((error: unknown) => error);
    await isAsked;
    const job = (await (await purge(mine)).json()) as Job;
    assert.equal(((await (await purge(mine)).json()) as Job).id, job.id, 'one that is under way goes on');
    const { status, metadata } = await whenOver(job.id);
    stack.mock.script = () => ({ text: 'Hello!' });
    await running;
    const { messages, ...report } = metadata.report;
    assert.deepEqual([status, report], ['completed', { runs: 3, passages: 1, archives: 1, blocks: 1, agents: 1, identities: 1 }]);
    assert.ok((messages ?? 0) >= 4);
    await assert.rejects(client.agents.retrieve(own.id), { status: 404 });
    assert.deepEqual([await statusOf(mine), await statusOf(other)], [404, 200]);
    for (const table of ['messages', 'runs', 'conversations', 'provider_traces', 'model_charges'])
      assert.equal(await countOf(table, 'agent_id = $1', own.id), 0, table);
    assert.equal(await countOf('embeddings', hash, text), 0);
    assert.equal(await countOf('messages', 'sender_id = $1', mine), 0);
    assert.equal(await countOf('messages', 'sender_id = $1', other), 1);
    assert.deepEqual(
      (await client.agents.passages.list(shared.id)).map(passage => passage.text),
      [kept],
    );
    assert.equal((await client.agents.messages.create(shared.id, { input: 'Still there?' })).stop_reason.stop_reason, 'end_turn');
    assert.equal((await purge(mine)).status, 404);
    assert.equal((await purge('somebody')).status, 422);
  });

  it('begins anywhere, and counts nothing twice', async () => {
    const mine = await newIdentity();
    const { id } = await client.agents.create({ model: 'openai/mock-model', identity_ids: [mine] });
    for (const input of ['a', 'b', 'c']) await client.agents.messages.create(id, { input });
    const total = await countOf('messages', 'agent_id = $1', id);
    const { purges, jobs, database } = stack.backend;
    const organizationId = 'org-00000000-0000-4000-8000-000000000000';
    const jobId = (await purges.startOfIdentity({ jobId: `job-${randomUUID()}`, organizationId, subjectId: mine, userId: 'u' })) ?? '';
    // Not yet due for reconcile: nobody else goes on with it.
    await database.query(`update jobs set created_at = now() + interval '1 hour' where id = $1`, [jobId]);
    const steps = await Promise.all([1, 2, 3].map(() => purges.step(jobId, 2)));
    assert.deepEqual(steps.map(({ done }) => done).toSorted(), [2, 3, 5]);
    for (let isOver = false; !isOver;) ({ isOver } = await purges.step(jobId, 2));
    const job = await jobs.find(organizationId, jobId);
    assert.deepEqual([job?.status, job?.report], ['completed', { messages: total, runs: 3, agents: 1, identities: 1 }]);
    assert.deepEqual(await purges.step(jobId, 2), { done: 0, total: 0, isOver: true, waitingFor: [] });
  });

  it('deletes a large agent or archive batch by batch, the runs that are open as well, and nothing of others', async () => {
    const { database, jobStarter, purges } = stack.backend;
    const organizationId = 'org-00000000-0000-4000-8000-000000000000';
    const agents = await Promise.all([1, 2].map(() => client.agents.create({ model: 'openai/mock-model' })));
    const [large = '', other = ''] = agents.map(({ id }) => id);
    for (const id of [large, other]) {
      await client.agents.messages.create(id, { input: 'Hello' });
      for (const n of [1, 2, 3]) await client.agents.passages.create(id, { text: `${n}` });
    }
    const [archive] = await database.query<{ id: string }>('select archive_id as id from archives_agents where agent_id = $1', [large]);
    const archiveId = archive?.id ?? '';
    const purgeOf = (subjectId: string, most: number) =>
      purges.startIfLarge({ jobId: `job-${randomUUID()}`, organizationId, subjectId, userId: 'u' }, most);
    assert.deepEqual(
      [await purgeOf(large, 100), await purgeOf(archiveId, 3), await purgeOf(`agent-${randomUUID()}`, 0)],
      [null, null, null],
    );
    for (const subject of [archiveId, large]) {
      const id = (await purgeOf(subject, 2)) ?? assert.fail('it is large');
      assert.equal(await purgeOf(subject, 2), id, 'one that is under way goes on');
      await jobStarter.start({ id, kind: 'purge' });
      const { status, metadata } = await whenOver(id);
      assert.equal(status, 'completed');
      assert.equal(metadata.report['passages'] ?? metadata.report['runs'], subject === archiveId ? 3 : 1);
    }
    await assert.rejects(client.agents.retrieve(large), { status: 404 });
    for (const table of ['messages', 'runs', 'conversations']) {
      assert.equal(await countOf(table, 'agent_id = $1', large), 0, table);
      assert.ok((await countOf(table, 'agent_id = $1', other)) > 0, table);
    }
    assert.equal(await countOf('archives', 'id = $1', archiveId), 0);
    assert.equal((await client.agents.passages.list(other)).length, 3);
  });

  it('answers the deletion of a large archive with the job that does it', async () => {
    const archive = await client.archives.create({ name: 'large' });
    await stack.backend.database.query(
      `insert into passages (id, organization_id, archive_id, text)
       select $1 || n, organization_id, id, 'note' from archives, generate_series(1, 20001) n where id = $1`,
      [archive.id],
    );
    const response = await fetch(`${stack.url}/v1/archives/${archive.id}`, { method: 'DELETE' });
    assert.deepEqual([response.status, await response.json()], [202, null]);
    const { status, metadata } = await whenOver(response.headers.get('x-perdura-job-id') ?? '');
    assert.deepEqual([status, metadata.report], ['completed', { passages: 20_001, archives: 1 }]);
    await assert.rejects(client.archives.retrieve(archive.id), { status: 404 });
  });
});
