import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack-client.js';

describe('archives by the official SDK', () => {
  const { stack, letta: client } = useStack();

  const newAgent = async (embedding: string | null = null): Promise<string> =>
    (await client.agents.create({ model: 'openai/mock-model', ...(embedding === null ? {} : { embedding }) })).id;
  const newArchive = async (embedding: string | null = null): Promise<string> =>
    (await client.archives.create({ name: `notes ${randomUUID()}`, ...(embedding === null ? {} : { embedding }) })).id;
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  it('creates, lists by name and agent, changes and deletes them', async () => {
    const name = `notes ${randomUUID()}`;
    const archive = await client.archives.create({ name, embedding: 'openai/text-embedding-3-small', description: 'of mine' });
    assert.equal(archive.embedding_config?.embedding_dim, 1536);
    assert.deepEqual((await client.archives.list({ name })).items, [archive]);
    const agentId = await newAgent();
    await client.agents.archives.attach(archive.id, { agent_id: agentId });
    assert.deepEqual(
      (await client.archives.list({ agent_id: agentId })).items.map(found => found.id),
      [archive.id],
    );
    const agents = await send('GET', `/v1/archives/${archive.id}/agents`);
    assert.deepEqual(
      (agents.body as { id: string }[]).map(agent => agent.id),
      [agentId],
    );
    const changed = await client.archives.update(archive.id, { description: 'of ours' });
    assert.deepEqual([changed.name, changed.description], [name, 'of ours']);
    assert.equal((await send('DELETE', `/v1/archives/${archive.id}`)).status, 204);
    await assert.rejects(client.archives.retrieve(archive.id), { status: 404 });
    await assert.rejects(client.archives.update(archive.id, { name: 'x' }), { status: 404 });
    assert.equal((await send('DELETE', `/v1/archives/${archive.id}`)).status, 404);
  });

  it('refuses an embedding model that nobody has', async () => {
    await assert.rejects(client.archives.create({ name: 'x', embedding: 'openai/nobody' }), { status: 400 });
    await assert.rejects(client.archives.create({ name: 'x', embedding: 'nobody/x' }), { status: 400 });
  });

  it('inserts one passage or many with one request for their vectors, and none of a batch with a text that is too long', async () => {
    const id = await newArchive('openai/text-embedding-3-small');
    const one = await client.archives.passages.create(id, { text: 'Ada lives in Oslo', tags: ['people'], metadata: { by: 'me' } });
    assert.deepEqual([one.archive_id, one.tags, one.metadata], [id, ['people'], { by: 'me' }]);
    const embedded = stack.mock.embedded.length;
    const many = await client.archives.passages.createMany(id, { passages: [1, 2, 3].map(n => ({ text: `fact ${n} of ${id}` })) });
    assert.deepEqual(
      many.map(passage => passage.text),
      [1, 2, 3].map(n => `fact ${n} of ${id}`),
    );
    assert.equal(stack.mock.embedded.length, embedded + 1);
    const refused = client.archives.passages.createMany(id, { passages: [{ text: 'fits' }, { text: 'long '.repeat(20_000) }] });
    await assert.rejects(refused, { status: 400, message: /8192/ });
    assert.equal((await search({ archive_id: id })).length, 4);
    await client.archives.passages.delete(one.id ?? '', { archive_id: id });
    await assert.rejects(client.archives.passages.delete(one.id ?? '', { archive_id: id }), { status: 404 });
  });

  const search = async (
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ text: string; score: number; metadata: Record<string, unknown> }[]> => {
    const { status, body: found } = await send('POST', '/v1/passages/search', body);
    assert.equal(status, 200, JSON.stringify(found));
    return (found as { passage: { text: string }; score: number; metadata: Record<string, unknown> }[]).map(({ passage, ...rest }) => ({
      text: passage.text,
      ...rest,
    }));
  };

  it('puts what an agent inserts into its first archive, and finds in all that it has', async () => {
    const [agentId, shared] = [await newAgent('openai/text-embedding-3-small'), await newArchive('perdura/minilm')];
    await client.archives.passages.create(shared, { text: 'The heron nests by the river' });
    await client.agents.archives.attach(shared, { agent_id: agentId });
    await client.agents.archives.attach(shared, { agent_id: agentId });
    await client.agents.passages.create(agentId, { text: 'A heron is a bird' });
    const mine = await client.agents.passages.list(agentId);
    assert.deepEqual(
      mine.map(passage => passage.archive_id === shared),
      [true, true],
    );
    const found = await client.agents.passages.search(agentId, { query: 'heron' });
    assert.equal(found.count, 2);
    await client.agents.archives.detach(shared, { agent_id: agentId });
    assert.equal((await client.agents.passages.list(agentId)).length, 0);
    await client.agents.passages.create(agentId, { text: 'Of the agent alone' });
    await client.agents.archives.attach(shared, { agent_id: agentId });
    await client.agents.passages.create(agentId, { text: 'Of the agent as well' });
    assert.equal((await search({ archive_id: shared })).length, 2);
    assert.equal((await client.agents.passages.search(agentId, { query: 'heron agent' })).count, 4);
  });

  it('searches by agent, by archive and everywhere, by tags, any or all, and by dates', async () => {
    const [agentId, one, two] = [await newAgent(), await newArchive(), await newArchive()];
    const word = `w${randomUUID().replaceAll('-', '')}`;
    await client.agents.archives.attach(one, { agent_id: agentId });
    await client.archives.passages.createMany(one, {
      passages: [
        { text: `${word} first`, tags: ['a', 'b'], created_at: '2024-03-01T12:00:00Z' },
        { text: `${word} second`, tags: ['b'], created_at: '2024-03-02T23:30:00Z' },
      ],
    });
    await client.archives.passages.create(two, { text: `${word} third` });
    const texts = async (more: Readonly<Record<string, unknown>>) =>
      (await search({ query: word, ...more }))
        .filter(({ text }) => text.startsWith(word))
        .map(({ text }) => text.slice(word.length + 1))
        .toSorted();
    assert.deepEqual(await texts({}), ['first', 'second', 'third']);
    assert.deepEqual(await texts({ agent_id: agentId }), ['first', 'second']);
    assert.deepEqual(await texts({ archive_id: two }), ['third']);
    assert.deepEqual(await texts({ agent_id: agentId, archive_id: two }), []);
    assert.deepEqual(await texts({ tags: ['a', 'c'] }), ['first']);
    assert.deepEqual(await texts({ tags: ['b', 'a'], tag_match_mode: 'all' }), ['first']);
    assert.deepEqual(await texts({ start_date: '2024-03-02', end_date: '2024-03-02' }), ['second']);
    assert.deepEqual(await texts({ archive_id: one, limit: 1 }).then(found => found.length), 1);
    const newest = await search({ archive_id: one });
    assert.deepEqual(
      newest.map(({ text, score }) => [text.slice(word.length + 1), score]),
      [
        ['second', 0],
        ['first', 0],
      ],
    );
    const [hit] = await search({ query: word, archive_id: two });
    assert.deepEqual([hit?.metadata['vector_rank'], hit?.metadata['fts_rank']], [null, 1]);
    for (const body of [{ limit: 101 }, { limit: 0 }, { tag_match_mode: 'some' }])
      assert.equal((await send('POST', '/v1/passages/search', body)).status, 422);
    assert.equal((await send('POST', '/v1/passages/search', { start_date: 'soon' })).status, 400);
    assert.equal((await send('POST', '/v1/passages/search', { agent_id: `agent-${randomUUID()}` })).status, 404);
    assert.equal((await send('POST', '/v1/passages/search', { archive_id: `archive-${randomUUID()}` })).status, 404);
  });

  it('attaches nothing that is not there', async () => {
    const [agentId, archiveId] = [await newAgent(), await newArchive()];
    await assert.rejects(client.agents.archives.attach(`archive-${randomUUID()}`, { agent_id: agentId }), { status: 404 });
    await assert.rejects(client.agents.archives.attach(archiveId, { agent_id: `agent-${randomUUID()}` }), { status: 404 });
    await assert.rejects(client.agents.archives.detach(`archive-${randomUUID()}`, { agent_id: agentId }), { status: 404 });
  });
});
