import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

describe('agents, blocks and tools by the official SDK', () => {
  const { stack, letta: client } = useStack();

  it('creates an agent with blocks, default tools and a compiled system message', async () => {
    const agent = await client.agents.create({
      model: 'perdura/demo',
      memory_blocks: [
        { label: 'human', value: 'Name: unknown' },
        { label: 'persona', value: 'I am helpful.' },
      ],
      tags: ['b', 'a'],
    });
    assert.match(agent.id, /^agent-[0-9a-f-]{36}$/);
    assert.equal(agent.agent_type, 'letta_v1_agent');
    assert.deepEqual(agent.tags, ['a', 'b']);
    assert.deepEqual(
      agent.blocks.map(block => block.label),
      ['human', 'persona'],
    );
    assert.deepEqual(agent.tools.map(tool => tool.name).sort(), ['conversation_search', 'memory_insert', 'memory_replace']);
    const page = await client.agents.messages.list(agent.id);
    const [system] = page.items;
    assert.equal(system?.message_type, 'system_message');
    assert.match(JSON.stringify(system), /Name: unknown/);
    assert.equal(agent.message_ids?.length, 1);
  });

  it('lists with filters and walks all pages without gap or double', async () => {
    const tag = `page-${Date.now()}`;
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.push((await client.agents.create({ model: 'perdura/demo', tags: [tag] })).id);
    const seen: string[] = [];
    for await (const agent of client.agents.list({ tags: [tag], limit: 2, order: 'asc' })) seen.push(agent.id);
    assert.deepEqual(seen, made);
    const down = await client.agents.list({ tags: [tag], order: 'desc', limit: 5 });
    assert.deepEqual(
      down.items.map(agent => agent.id),
      [...made].reverse(),
    );
    const response = await fetch(`${stack.url}/v1/agents/count?tags=${tag}`);
    assert.equal(await response.json(), 5);
  });

  it('updates what is sent and leaves the rest', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo', name: 'Before', description: 'kept', tags: ['x'] });
    const updated = await client.agents.update(agent.id, { name: 'After', tags: ['y'], context_window_limit: 4000 });
    assert.equal(updated.name, 'After');
    assert.equal(updated.description, 'kept');
    assert.deepEqual(updated.tags, ['y']);
    assert.equal(updated.llm_config.context_window, 4000);
  });

  it('deletes an agent, after which it is unknown', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo' });
    await client.agents.delete(agent.id);
    await assert.rejects(client.agents.retrieve(agent.id), { status: 404 });
  });

  it('refuses a field whose feature is not built with 501 and its name, and creates nothing', async () => {
    const name = `Refused ${Date.now()}`;
    const response = await fetch(`${stack.url}/v1/agents/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'perdura/demo', name, enable_sleeptime: true }),
    });
    assert.equal(response.status, 501);
    assert.equal(response.headers.get('x-should-retry'), 'false');
    assert.match(((await response.json()) as { detail: string }).detail, /'enable_sleeptime'/);
    assert.equal((await client.agents.list({ name })).items.length, 0);
  });

  it('answers bad input with V1 statuses and bodies', async () => {
    await assert.rejects(client.agents.create({ model: 'openai/none-such' }), { status: 404 });
    await assert.rejects(client.agents.create({}), { status: 400 });
    await assert.rejects(client.agents.create({ model: 'perdura/demo', tools: ['no_such_tool'] }), { status: 400 });
    await assert.rejects(client.agents.retrieve('agent-nonsense'), { status: 422 });
    await assert.rejects(client.agents.retrieve('agent-00000000-0000-4000-8000-000000000001'), { status: 404 });
    const broken = await fetch(`${stack.url}/v1/agents/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    assert.equal(broken.status, 422);
    const unknown = await fetch(`${stack.url}/v1/no/such/path`);
    assert.equal(unknown.status, 404);
  });

  it('serves every path with and without its slash, and tells what it does not serve', async () => {
    for (const path of ['/v1/agents', '/v1/agents/', '/v1/models', '/v1/health/', '/v1/health']) {
      const response = await fetch(`${stack.url}${path}`, { redirect: 'manual' });
      assert.equal(response.status, 200, path);
    }
    const notServed = await fetch(`${stack.url}/v1/groups/`);
    assert.equal(notServed.status, 501);
    assert.match(((await notServed.json()) as { detail: string }).detail, /not served/);
  });

  it('shares a block between agents and shows edits to both', async () => {
    const block = await client.blocks.create({ label: 'shared', value: 'one' });
    const first = await client.agents.create({ model: 'perdura/demo', block_ids: [block.id] });
    const second = await client.agents.create({ model: 'perdura/demo' });
    await client.agents.blocks.attach(block.id, { agent_id: second.id });
    await client.agents.blocks.update('shared', { agent_id: first.id, value: 'two' });
    const seen = await client.agents.blocks.retrieve('shared', { agent_id: second.id });
    assert.equal(seen.value, 'two');
    const owners = await client.blocks.agents.list(block.id);
    assert.deepEqual(owners.items.map(agent => agent.id).sort(), [first.id, second.id].sort());
    const twin = await client.blocks.create({ label: 'shared', value: 'x' });
    await assert.rejects(client.agents.blocks.attach(twin.id, { agent_id: second.id }), { status: 409 });
    await client.agents.blocks.detach(block.id, { agent_id: second.id });
    await assert.rejects(client.agents.blocks.retrieve('shared', { agent_id: second.id }), { status: 404 });
    const versions = await stack.backend.database.query('select version, value from block_versions where block_id = $1 order by version', [
      block.id,
    ]);
    assert.deepEqual(versions, [
      { version: 1, value: 'one' },
      { version: 2, value: 'two' },
    ]);
  });

  it('shows a block edit in the system message of the next run', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo', memory_blocks: [{ label: 'human', value: 'old' }] });
    await client.agents.blocks.update('human', { agent_id: agent.id, value: 'Name: Grace' });
    const answer = await client.agents.messages.create(agent.id, { input: 'What is my name?' });
    assert.match(JSON.stringify(answer.messages), /Name: Grace/);
  });

  it('attaches and detaches tools', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo', include_base_tools: false });
    assert.deepEqual(agent.tools, []);
    const [tool] = (await client.tools.list({ name: 'archival_memory_insert' })).items;
    assert.ok(tool !== undefined);
    await client.agents.tools.attach(tool.id, { agent_id: agent.id });
    assert.deepEqual(
      (await client.agents.tools.list(agent.id)).items.map(item => item.name),
      ['archival_memory_insert'],
    );
    await client.agents.tools.detach(tool.id, { agent_id: agent.id });
    assert.equal((await client.agents.tools.list(agent.id)).items.length, 0);
  });
});
