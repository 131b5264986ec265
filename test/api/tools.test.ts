import assert from 'node:assert/strict';
import { builtinToolNames } from '../../src/domain/tools/builtin-tool.js';
import { useStack } from '../support/stack-client.js';

const unknownTool = 'tool-00000000-0000-4000-8000-000000000001';
const unknownAgent = 'agent-00000000-0000-4000-8000-000000000001';

describe('tools by the official SDK', () => {
  const { stack, letta: client } = useStack();

  const names = async (query: Parameters<typeof client.tools.list>[0]): Promise<(string | null | undefined)[]> =>
    (await client.tools.list(query)).items.map(tool => tool.name).sort();
  const count = async (query: string): Promise<unknown> => (await fetch(`${stack.url}/v1/tools/count?${query}`)).json();

  it('hold every built-in one with a schema that names it', async () => {
    const tools = (await client.tools.list({ return_only_letta_tools: true })).items;
    assert.deepEqual(tools.map(tool => tool.name).sort(), [...builtinToolNames].sort());
    for (const tool of tools) {
      assert.equal(tool.json_schema?.['name'], tool.name);
      assert.deepEqual(await client.tools.retrieve(tool.id), tool);
    }
  });

  it('are brought back to the state of this version on demand', async () => {
    const before = (await client.tools.list({ name: 'send_message' })).items;
    await stack.backend.database.query("update tools set description = 'changed' where name = 'send_message'");
    const response = await fetch(`${stack.url}/v1/tools/add-base-tools`, { method: 'POST' });
    const tools = (await response.json()) as { name: string; description: string }[];
    assert.deepEqual(tools.map(tool => tool.name).sort(), [...builtinToolNames].sort());
    assert.equal(tools.find(({ name }) => name === 'send_message')?.description, before[0]?.description);
  });

  it('are found by every filter of the list, and counted', async () => {
    const [one, two] = (await client.tools.list({ names: ['send_message', 'memory_insert'], order: 'asc' })).items;
    assert.ok(one !== undefined && two !== undefined);
    assert.deepEqual(await names({ name: 'send_message' }), ['send_message']);
    assert.deepEqual(await names({ tool_ids: [one.id, two.id] }), ['memory_insert', 'send_message']);
    assert.deepEqual(await names({ tool_ids: [`${one.id},${two.id}`] }), ['memory_insert', 'send_message']);
    assert.deepEqual(await names({ search: 'CORE_memory' }), ['core_memory_append', 'core_memory_replace']);
    assert.deepEqual(await names({ search: 'e%m' }), []);
    assert.deepEqual(await names({ tool_types: ['letta_memory_core'] }), [
      'core_memory_append',
      'core_memory_replace',
      'memory',
      'memory_apply_patch',
    ]);
    assert.deepEqual(
      await names({
        return_only_letta_tools: true,
        exclude_tool_types: ['letta_core', 'letta_sleeptime_core', 'letta_builtin', 'letta_files_core'],
      }),
      ['core_memory_append', 'core_memory_replace', 'memory', 'memory_apply_patch'],
    );
    assert.equal(await count('return_only_letta_tools=true'), builtinToolNames.length);
    assert.equal(await count('exclude_letta_tools=true&name=send_message'), 0);
  });

  it('are walked page by page in both orders without gap or double', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      for await (const tool of client.tools.list({ return_only_letta_tools: true, limit: 3, order })) seen.push(tool.name ?? '');
      assert.deepEqual(seen.sort(), [...builtinToolNames].sort(), order);
    }
  });

  it('refuse a type that does not exist, an unknown cursor and unknown ids', async () => {
    await assert.rejects(client.tools.list({ tool_types: ['letta_nonsense'] }), { status: 400, message: /letta_nonsense.*letta_core/ });
    await assert.rejects(client.tools.list({ exclude_tool_types: ['letta_nonsense'] }), { status: 400 });
    assert.equal((await fetch(`${stack.url}/v1/tools/count?tool_types=letta_nonsense`)).status, 400);
    await assert.rejects(client.tools.list({ after: unknownTool }), { status: 404 });
    await assert.rejects(client.tools.retrieve(unknownTool), { status: 404 });
    await assert.rejects(client.tools.retrieve('tool-nonsense'), { status: 422 });
  });

  it('are attached once and detached as often as one likes', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo', include_base_tools: false });
    const [tool] = (await client.tools.list({ name: 'memory_rethink' })).items;
    assert.ok(tool !== undefined);
    const by = { agent_id: agent.id };
    await client.agents.tools.attach(tool.id, by);
    await client.agents.tools.attach(tool.id, by);
    assert.deepEqual(
      (await client.agents.tools.list(agent.id)).items.map(item => item.id),
      [tool.id],
    );
    await client.agents.tools.detach(tool.id, by);
    await client.agents.tools.detach(tool.id, by);
    assert.deepEqual((await client.agents.tools.list(agent.id)).items, []);
    await assert.rejects(client.agents.tools.attach(unknownTool, by), { status: 404 });
    await assert.rejects(client.agents.tools.attach(tool.id, { agent_id: unknownAgent }), { status: 404 });
    await assert.rejects(client.agents.tools.detach(tool.id, { agent_id: unknownAgent }), { status: 404 });
    await assert.rejects(client.agents.tools.list(unknownAgent), { status: 404 });
  });
});
