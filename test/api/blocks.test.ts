import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack-client.js';

const unknownBlock = 'block-00000000-0000-4000-8000-000000000001';
const unknownAgent = 'agent-00000000-0000-4000-8000-000000000001';

describe('blocks by the official SDK', () => {
  const { stack, letta: client } = useStack();

  const newAgent = (...blockIds: string[]) => client.agents.create({ model: 'perdura/demo', block_ids: blockIds });
  const count = async (query: string): Promise<unknown> => (await fetch(`${stack.url}/v1/blocks/count?${query}`)).json();
  const statusOf = async (path: string, init?: RequestInit): Promise<number> => (await fetch(`${stack.url}${path}`, init)).status;
  const send = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  it('are created with V1 defaults, and their texts without characters that cannot be stored', async () => {
    const block = await client.blocks.create({ label: 'human', value: 'A\u0000da' });
    assert.equal(block.value, 'Ada');
    assert.equal(block.limit, 100_000);
    assert.equal(block.read_only, false);
    assert.deepEqual(block.tags, []);
    assert.deepEqual(block.metadata, {});
    assert.ok((block.description ?? '').length > 0);
    assert.deepEqual(await client.blocks.retrieve(block.id), block);
  });

  it('refuse a value that is longer than their limit with 422, also with a new agent, and change nothing', async () => {
    const before = await count('');
    const tooLong = { label: 'notes', value: 'longer than five', limit: 5 };
    await assert.rejects(client.blocks.create(tooLong), {
      status: 422,
      error: { detail: 'Edit failed: Exceeds 5 character limit (requested 16)' },
    });
    await assert.rejects(client.agents.create({ model: 'perdura/demo', memory_blocks: [tooLong] }), { status: 422 });
    assert.equal(await count(''), before);
    const block = await client.blocks.create({ label: 'notes', value: 'five', limit: 5 });
    const agent = await newAgent(block.id);
    await assert.rejects(client.blocks.update(block.id, { value: 'longer than five', tags: ['x'] }), { status: 422 });
    await assert.rejects(client.blocks.update(block.id, { limit: 3 }), { status: 422 });
    await assert.rejects(client.agents.blocks.update('notes', { agent_id: agent.id, value: 'longer than five' }), { status: 422 });
    assert.deepEqual(await client.blocks.retrieve(block.id), block);
  });

  it('change only in the members that are sent', async () => {
    const block = await client.blocks.create({ label: 'notes', value: 'v', description: 'kept', tags: ['a'], metadata: { a: 1 } });
    const changed = await client.blocks.update(block.id, { limit: 7, tags: ['b', 'c'], description: null });
    assert.deepEqual(changed, { ...block, limit: 7, tags: ['b', 'c'], version: 2 });
    const read = await client.blocks.update(block.id, { read_only: true, metadata: { b: 2 } });
    assert.deepEqual(read, { ...changed, read_only: true, metadata: { b: 2 }, version: 3 });
  });

  it('are found by every filter of the list, and counted', async () => {
    const label = `filter-${randomUUID().slice(0, 8)}`;
    const [one, two, three] = [
      await client.blocks.create({ label, value: '100% sure', tags: ['x', 'y'], project_id: label }),
      await client.blocks.create({ label, value: '1000 sure', tags: ['x'], description: 'Some_Words', hidden: true }),
      await client.blocks.create({ label: `${label}-more`, value: 'else', is_template: true, template_name: `name ${label}` }),
    ];
    const agents = [await newAgent(one.id), await newAgent(one.id), await newAgent(two.id)];
    assert.equal(agents.length, 3);
    const ids = async (query: Parameters<typeof client.blocks.list>[0], more: Record<string, unknown> = {}): Promise<string[]> =>
      (await client.blocks.list({ label_search: label, ...query }, { query: { label_search: label, ...query, ...more } })).items.map(
        block => block.id,
      );
    assert.deepEqual(await ids({}), [one.id, three.id]);
    assert.deepEqual(await ids({}, { show_hidden_blocks: true }), [one.id, two.id, three.id]);
    assert.deepEqual(await ids({ label }), [one.id]);
    assert.deepEqual(await ids({ label_search: `${label.toUpperCase()}-MORE` }), [three.id]);
    assert.deepEqual(await ids({ value_search: '0% S' }, { show_hidden_blocks: true }), [one.id]);
    assert.deepEqual(await ids({ description_search: 'some_w' }, { show_hidden_blocks: true }), [two.id]);
    assert.deepEqual(await ids({ description_search: 'some%w' }, { show_hidden_blocks: true }), []);
    assert.deepEqual(await ids({ templates_only: true }), [three.id]);
    assert.deepEqual(await ids({ name: `name ${label}` }), [three.id]);
    assert.deepEqual(await ids({ project_id: label }), [one.id]);
    assert.deepEqual(await ids({ tags: ['x', 'y'] }, { show_hidden_blocks: true }), [one.id, two.id]);
    assert.deepEqual(await ids({ tags: ['x', 'y'], match_all_tags: true }, { show_hidden_blocks: true }), [one.id]);
    assert.deepEqual(await ids({ connected_to_agents_count_gt: 0 }, { show_hidden_blocks: true }), [one.id, two.id]);
    assert.deepEqual(await ids({ connected_to_agents_count_lt: 2 }, { show_hidden_blocks: true }), [two.id, three.id]);
    assert.deepEqual(await ids({ connected_to_agents_count_eq: [0, 2] }, { show_hidden_blocks: true }), [one.id, three.id]);
    assert.deepEqual(await ids({ identity_id: `identity-${randomUUID()}` }), []);
    assert.equal(await count(`label=${label}`), 2);
    assert.equal(await count(`label=${label}&tags=x&tags=y&match_all_tags=true`), 1);
  });

  it('have the names under which V1 has them for its own services', async () => {
    const label = `internal-${randomUUID().slice(0, 8)}`;
    const json = async (path: string, init?: RequestInit): Promise<unknown> => (await fetch(`${stack.url}${path}`, init)).json();
    const made = (await json('/v1/_internal_blocks/', send('POST', { label, value: 'v' }))) as { id: string };
    const agents = await json('/v1/_internal_agents/count');
    const agent = await newAgent(made.id);
    assert.equal(await json('/v1/_internal_agents/count'), Number(agents) + 1);
    const listed = (await json(`/v1/_internal_blocks/?label=${label}`)) as { id: string }[];
    assert.deepEqual(listed, [await client.blocks.retrieve(made.id)]);
    const users = (await json(`/v1/_internal_blocks/${made.id}/agents`)) as { id: string }[];
    assert.deepEqual(
      users.map(user => user.id),
      [agent.id],
    );
    const change = send('PATCH', { value: 'w' });
    await json(`/v1/_internal_agents/${agent.id}/core-memory/blocks/${label}`, change);
    assert.equal((await client.blocks.retrieve(made.id)).value, 'w');
    assert.equal(await statusOf(`/v1/_internal_blocks/${made.id}`, { method: 'DELETE' }), 200);
    await assert.rejects(client.blocks.retrieve(made.id), { status: 404 });
  });

  it('are walked page by page in both orders without gap or double, also when they were made in the same moment', async () => {
    const label = `page-${randomUUID().slice(0, 8)}`;
    const made = await Promise.all(Array.from({ length: 7 }, (_, index) => client.blocks.create({ label, value: String(index) })));
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      for await (const block of client.blocks.list({ label, limit: 2, order })) seen.push(block.id);
      assert.equal(seen.length, made.length, order);
      assert.deepEqual([...seen].sort(), made.map(block => block.id).sort(), order);
      const middle = (await client.blocks.list({ label, order, after: seen[1] ?? '', before: seen[4] ?? '' })).items;
      assert.deepEqual(
        middle.map(block => block.id),
        seen.slice(2, 4),
      );
    }
  });

  it('refuse a cursor that is no block with 404', async () => {
    await assert.rejects(client.blocks.list({ after: unknownBlock }), { status: 404 });
    await assert.rejects(client.blocks.list({ before: 'nonsense' }), { status: 404 });
  });

  it('refuse what V1 refuses with its status, and change nothing', async () => {
    const before = await count('');
    assert.equal(await statusOf('/v1/blocks/', send('POST', { value: 'no label' })), 422);
    assert.equal(await statusOf('/v1/blocks/', send('POST', { label: 'notes' })), 422);
    assert.equal(await statusOf('/v1/blocks/', send('POST', { label: 'notes', value: 7 })), 422);
    assert.equal(await statusOf('/v1/blocks/', send('POST', { label: 'notes', value: 'v', limit: 9_999_999_999 })), 422);
    assert.equal(await count(''), before);
    for (const query of ['label=not%20a%20label', `value_search=${'x'.repeat(201)}`, 'limit=none', 'order=up', 'identity_id=nobody'])
      assert.equal(await statusOf(`/v1/blocks/?${query}`), 422, query);
    assert.equal(await statusOf('/v1/blocks/block-nonsense'), 422);
    await assert.rejects(client.blocks.retrieve(unknownBlock), { status: 404 });
    await assert.rejects(client.blocks.update(unknownBlock, { value: 'x' }), { status: 404 });
    await assert.rejects(client.blocks.delete(unknownBlock), { status: 404 });
  });

  it('are deleted together with their attachments', async () => {
    const block = await client.blocks.create({ label: 'notes', value: 'v' });
    const agent = await newAgent(block.id);
    await client.blocks.delete(block.id);
    await assert.rejects(client.blocks.retrieve(block.id), { status: 404 });
    assert.deepEqual((await client.agents.retrieve(agent.id)).blocks, []);
  });

  it('are listed, read, changed, attached and detached by label on their agent', async () => {
    const [folder, other] = [
      await client.blocks.create({ label: 'system/notes', value: 'v' }),
      await client.blocks.create({ label: 'other', value: 'w' }),
    ];
    const agent = await newAgent(folder.id);
    const by = { agent_id: agent.id };
    assert.deepEqual(await client.agents.blocks.retrieve('system/notes', by), folder);
    assert.equal((await client.agents.blocks.update('system/notes', { ...by, value: 'changed' })).value, 'changed');
    const attached = await client.agents.blocks.attach(other.id, by);
    assert.deepEqual(attached.blocks.map(block => block.label).sort(), ['other', 'system/notes']);
    await client.agents.blocks.attach(other.id, by);
    const listed = (await client.agents.blocks.list(agent.id, { order: 'asc' })).items.map(block => block.id);
    assert.deepEqual(listed, [folder.id, other.id]);
    const detached = await client.agents.blocks.detach(folder.id, by);
    assert.deepEqual(
      detached.blocks.map(block => block.label),
      ['other'],
    );
    assert.equal((await client.blocks.retrieve(folder.id)).value, 'changed');
    const memory = (await (await fetch(`${stack.url}/v1/agents/${agent.id}/core-memory`)).json()) as { blocks: { label: string }[] };
    assert.deepEqual(
      memory.blocks.map(block => block.label),
      ['other'],
    );
    assert.equal(await statusOf(`/v1/agents/${unknownAgent}/core-memory`), 404);
  });

  it('refuse unknown agents, labels and attachments with 404', async () => {
    const block = await client.blocks.create({ label: 'notes', value: 'v' });
    const agent = await newAgent();
    const by = { agent_id: agent.id };
    await assert.rejects(client.agents.blocks.list(unknownAgent), { status: 404 });
    await assert.rejects(client.agents.blocks.retrieve('notes', { agent_id: unknownAgent }), { status: 404 });
    await assert.rejects(client.agents.blocks.update('notes', { ...by, value: 'x' }), { status: 404 });
    await assert.rejects(client.agents.blocks.attach(unknownBlock, by), { status: 404 });
    await assert.rejects(client.agents.blocks.attach(block.id, { agent_id: unknownAgent }), { status: 404 });
    await assert.rejects(client.agents.blocks.detach(block.id, by), { status: 404 });
    assert.equal((await client.blocks.retrieve(block.id)).value, 'v');
  });

  it('refuse a label that another block of one of their agents has, and stay as they are', async () => {
    const [one, two] = [await client.blocks.create({ label: 'one', value: '1' }), await client.blocks.create({ label: 'two', value: '2' })];
    const agent = await newAgent(one.id, two.id);
    await assert.rejects(client.blocks.update(two.id, { label: 'one', value: 'lost' }), { status: 409 });
    assert.deepEqual(await client.blocks.retrieve(two.id), two);
    await client.blocks.update(two.id, { label: 'three' });
    assert.equal((await client.agents.blocks.retrieve('three', { agent_id: agent.id })).value, '2');
    await assert.rejects(client.agents.blocks.retrieve('two', { agent_id: agent.id }), { status: 404 });
  });
});
