import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('lists', () => {
  const { stack, letta: client } = useStack();
  const status = async (path: string) => (await fetch(`${stack.url}${path}`)).status;

  it('answer a cursor that does not exist with 404, each of them', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo' });
    await client.agents.passages.create(agent.id, { text: 'a passage' });
    for (const path of [
      `/v1/agents/?after=agent-${nobody}`,
      `/v1/runs/?before=run-${nobody}`,
      `/v1/steps/?after=step-${nobody}`,
      `/v1/agents/${agent.id}/messages?before=message-${nobody}`,
      `/v1/agents/${agent.id}/archival-memory?after=passage-${nobody}`,
    ])
      assert.equal(await status(path), 404, path);
  });

  it('take as many values as a request has room for, however they are written', async () => {
    const agents = await Promise.all(Array.from({ length: 2 }, () => client.agents.create({ model: 'perdura/demo' })));
    const ids = [...Array.from({ length: 120 }, () => `agent-${nobody}`), ...agents.map(({ id }) => id)];
    for (const { id } of agents) await client.agents.messages.createAsync(id, { input: 'Hello' });
    for (const name of ['agent_ids', 'agent_ids[]']) {
      const query = ids.map(id => `${name}=${id}`).join('&');
      const response = await fetch(`${stack.url}/v1/runs/?${query}`);
      assert.equal(response.status, 200, await response.clone().text());
      assert.equal(((await response.json()) as unknown[]).length, 2);
    }
    const tag = `last of ${agents.length}`;
    const tagged = await client.agents.create({ model: 'perdura/demo', tags: [tag] });
    const many = Array.from({ length: 1500 }, (_, n) => `tags=${n}`).join('&');
    const found = (await (await fetch(`${stack.url}/v1/agents/?${many}&tags=${tag}`)).json()) as { id: string }[];
    assert.deepEqual(
      found.map(({ id }) => id),
      [tagged.id],
    );
  });

  it('refuse a status that runs do not have with 400', async () => {
    for (const path of ['/v1/runs/', '/v1/_internal_runs/']) {
      const response = await fetch(`${stack.url}${path}?statuses=completed&statuses=bad`);
      assert.equal(response.status, 400);
      assert.match(((await response.json()) as { detail: string }).detail, /'bad' is no status of a run/);
      assert.equal(await status(`${path}?statuses=completed&statuses=failed`), 200);
    }
  });

  it("answer another agent's message as a cursor with 404", async () => {
    const [one, other] = await Promise.all([
      client.agents.create({ model: 'perdura/demo' }),
      client.agents.create({ model: 'perdura/demo' }),
    ]);
    const [foreign] = (await client.agents.messages.list(other.id)).items;
    assert.ok(foreign);
    assert.equal(await status(`/v1/agents/${one.id}/messages?after=${foreign.id}`), 404);
    assert.equal(await status(`/v1/agents/${other.id}/messages?after=${foreign.id}`), 200);
  });

  it('show a message as it is when it is asked for by its id', async () => {
    for (const agent_type of ['letta_v1_agent', 'memgpt_v2_agent'] as const) {
      const agent = await client.agents.create({ model: 'perdura/demo', agent_type });
      await client.agents.messages.create(agent.id, { input: 'My name is Ada.' });
      const all = (await client.agents.messages.list(agent.id, { order: 'asc' })).items;
      assert.ok(all.some(message => message.message_type === 'assistant_message'));
      for (const { id } of all) {
        assert.deepEqual(
          await client.messages.retrieve(id),
          all.filter(message => message.id === id),
        );
      }
    }
    await assert.rejects(client.messages.retrieve(`message-${nobody}`), { status: 404 });
    assert.equal(await status('/v1/messages/nonsense'), 422);
  });

  it('show the runs that are open and of a wanted status at once', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo' });
    await client.agents.messages.create(agent.id, { input: 'Hello' });
    const runs = async (query: string) => {
      const answer = await fetch(`${stack.url}/v1/runs/?agent_id=${agent.id}&${query}`);
      return (await answer.json()) as { status: string }[];
    };
    assert.equal((await runs('statuses=completed')).length, 1);
    assert.equal((await runs('active=true&statuses=completed')).length, 0);
    assert.equal((await runs('active=true')).length, 0);
  });

  it('answer the agents of a block that does not exist with 404', async () => {
    await assert.rejects(client.blocks.agents.list(`block-${nobody}`), { status: 404 });
  });
});
