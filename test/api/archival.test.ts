import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

describe('archival memory by the official SDK', () => {
  const { letta: client } = useStack();
  let agentId: string;

  const systemMessage = async () => {
    await client.agents.messages.create(agentId, { input: 'Hello' });
    return JSON.stringify((await client.agents.messages.list(agentId, { order: 'asc', limit: 1 })).items);
  };

  beforeEach(async () => {
    agentId = (await client.agents.create({ model: 'perdura/demo', embedding: 'perdura/minilm' })).id;
  });

  it('keeps, lists, finds and deletes passages', async () => {
    for (const text of ['The cat sleeps on the sofa.', 'Interest rates rose again.', 'A recipe for onion soup.'])
      await client.agents.passages.create(agentId, { text, tags: ['t'] });
    const all = await client.agents.passages.list(agentId);
    assert.equal(all.length, 3);
    const found = await client.agents.passages.search(agentId, { query: 'kitten resting on furniture', top_k: 1 });
    assert.deepEqual(
      found.results.map(result => result.content),
      ['The cat sleeps on the sofa.'],
    );
    const [first] = all;
    assert.ok(first?.id);
    await client.agents.passages.delete(first.id, { agent_id: agentId });
    assert.equal((await client.agents.passages.list(agentId)).length, 2);
    await assert.rejects(client.agents.passages.delete(first.id, { agent_id: agentId }), { status: 404 });
  });

  it('gives five results unless told otherwise, as V1 does', async () => {
    for (let i = 0; i < 7; i++) await client.agents.passages.create(agentId, { text: `Note ${i} about gardens` });
    assert.equal((await client.agents.passages.search(agentId, { query: 'gardens' })).count, 5);
    assert.equal((await client.agents.passages.search(agentId, { query: 'gardens', top_k: 7 })).count, 7);
  });

  it('refuses a time that is none, and changes nothing', async () => {
    await assert.rejects(client.agents.passages.create(agentId, { text: 'x', created_at: 'yesterday' }), { status: 422 });
    assert.equal((await client.agents.passages.list(agentId)).length, 0);
    const [kept] = await client.agents.passages.create(agentId, { text: 'x', created_at: '2024-02-03T04:05:06Z' });
    assert.equal(new Date(kept?.created_at ?? '').toISOString(), '2024-02-03T04:05:06.000Z');
  });

  it('tells the agent how much there is, after a deletion too', async () => {
    const [passage] = await client.agents.passages.create(agentId, { text: 'one' });
    assert.ok(passage?.id);
    const withPassage = await systemMessage();
    await client.agents.passages.delete(passage.id, { agent_id: agentId });
    const without = await systemMessage();
    assert.match(withPassage, /1 total memories you created are stored in archival memory/);
    assert.doesNotMatch(without, /1 total memories/);
  });
});
