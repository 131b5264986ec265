import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { folderWorld } from '../support/folder-world.js';
import { useStack } from '../support/stack-client.js';

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `number ${n + 1}`).join('\n\n');

describe('the files of an agent', () => {
  const { stack, letta: client } = useStack();
  const world = folderWorld(client, () => stack.backend);

  const newAgent = async (more: object = {}): Promise<string> => (await client.agents.create({ model: 'openai/mock-model', ...more })).id;
  const openNames = async (agentId: string): Promise<string[]> =>
    (await client.agents.files.list(agentId, { is_open: true, order: 'asc' })).files.map(file => file.file_name);
  const promptOf = async (agentId: string): Promise<string> => {
    const response = await fetch(`${stack.url}/v1/agents/${agentId}/context`);
    return ((await response.json()) as { directories: string | null }).directories ?? '';
  };
  const fileTools = async (agentId: string): Promise<string[]> =>
    (await client.agents.retrieve(agentId)).tools.filter(tool => tool.tool_type === 'letta_files_core').map(tool => tool.name ?? '');

  it('come with a folder, the first of them open, and stand in the prompt with their lines', async () => {
    const folder = await world.newFolder([
      { name: 'a.py', text: 'def f():\n\n    return 1\n' },
      { name: 'b.txt', text: numbers(3) },
    ]);
    await client.folders.update(folder.id, { description: 'What we know.', instructions: 'Quote it.' });
    const agentId = await newAgent({ max_files_open: 1 });
    assert.equal(await client.agents.folders.attach(folder.id, { agent_id: agentId }), null);
    assert.deepEqual(
      (await client.agents.folders.list(agentId)).items.map(({ id }) => id),
      [folder.id],
    );
    assert.equal(
      await promptOf(agentId),
      `<directories>
<file_limits>
- current_files_open=1
- max_files_open=1
</file_limits>
<directory name="${folder.name}">
<description>What we know.</description>
<instructions>Quote it.</instructions>
<file status="open" name="${folder.name}/a.py">
<metadata>
- read_only=true
- chars_current=65
- chars_limit=25000
</metadata>
<value>
[Viewing file start (out of 2 lines)]
1: def f():
2:     return 1
</value>
</file>
<file status="closed" name="${folder.name}/b.txt">
<metadata>
- read_only=true
- chars_current=0
- chars_limit=25000
</metadata>
</file>
</directory>
</directories>`,
    );
    const agent = await client.agents.retrieve(agentId);
    assert.deepEqual(
      agent.sources.map(source => source.id),
      [folder.id],
    );
    assert.deepEqual(
      agent.memory.file_blocks?.map(block => [block.label, block.is_open, block.value.split('\n')[0]]),
      [
        [`${folder.name}/a.py`, true, '[Viewing file start (out of 2 lines)]'],
        [`${folder.name}/b.txt`, false, ''],
      ],
    );
    assert.deepEqual(await fileTools(agentId), ['grep_files', 'open_files', 'semantic_search_files']);
    const agents = await fetch(`${stack.url}/v1/folders/${folder.id}/agents`);
    assert.deepEqual(await agents.json(), [agentId]);
  });

  it('go with the folder, and the tools with the last one', async () => {
    const [one, two] = [await world.newFolder([{ name: 'a.txt', text: 'a' }]), await world.newFolder([{ name: 'b.txt', text: 'b' }])];
    const agentId = await newAgent({ folder_ids: [one.id, two.id] });
    assert.deepEqual(await openNames(agentId), [`${one.name}/a.txt`, `${two.name}/b.txt`]);
    await client.agents.folders.detach(one.id, { agent_id: agentId });
    assert.deepEqual(await openNames(agentId), [`${two.name}/b.txt`]);
    assert.equal((await fileTools(agentId)).length, 3);
    await client.agents.update(agentId, { source_ids: [] });
    assert.deepEqual([await openNames(agentId), await fileTools(agentId), await promptOf(agentId)], [[], [], '']);
    await client.agents.update(agentId, { folder_ids: [one.id] });
    assert.deepEqual(await openNames(agentId), [`${one.name}/a.txt`]);
    await client.folders.delete(one.id);
    assert.deepEqual([await openNames(agentId), await fileTools(agentId)], [[], []]);
    await assert.rejects(newAgent({ folder_ids: [one.id] }), { status: 404 });
  });

  it('give way to the file that is opened, the one first that was used longest ago', async () => {
    const folder = await world.newFolder(['a', 'b', 'c'].map(name => ({ name: `${name}.txt`, text: name })));
    const agentId = await newAgent({ max_files_open: 2 });
    const path = `/v1/agents/${agentId}/sources/attach/${folder.id}`;
    const attached = (await (await fetch(`${stack.url}${path}`, { method: 'PATCH' })).json()) as { id: string };
    assert.equal(attached.id, agentId);
    const named = (name: string): string => `${folder.name}/${name}.txt`;
    assert.deepEqual(await openNames(agentId), [named('a'), named('b')]);
    const files = (await client.agents.files.list(agentId, { order: 'asc' })).files;
    const idOf = (name: string): string => files.find(file => file.file_name === named(name))?.file_id ?? '';
    assert.deepEqual(await client.agents.files.open(idOf('c'), { agent_id: agentId }), [named('a')]);
    assert.deepEqual(await client.agents.files.open(idOf('b'), { agent_id: agentId }), []);
    assert.deepEqual(await client.agents.files.open(idOf('a'), { agent_id: agentId }), [named('c')]);
    await client.agents.files.close(idOf('a'), { agent_id: agentId });
    assert.deepEqual(await openNames(agentId), [named('b')]);
    assert.deepEqual(await client.agents.files.closeAll(agentId), [named('b')]);
    await assert.rejects(client.agents.files.open(`file-${randomUUID()}`, { agent_id: agentId }), { status: 404 });
    const first = await client.agents.files.list(agentId, { limit: 2, order: 'asc' });
    assert.deepEqual([first.files.length, first.has_more], [2, true]);
  });

  it('keep what was used last open while more come, and see a new file of the folder once it is read', async () => {
    const old = await world.newFolder(['a', 'b', 'c'].map(name => ({ name: `${name}.txt`, text: name })));
    const agentId = await newAgent({ max_files_open: 3, folder_ids: [old.id] });
    const empty = await world.newFolder([]);
    await client.agents.folders.attach(empty.id, { agent_id: agentId });
    assert.equal((await openNames(agentId)).length, 3);
    await client.agents.folders.attach(old.id, { agent_id: agentId });
    assert.equal((await openNames(agentId)).length, 3);
    await world.addFile(empty.id, { name: 'new.md', text: 'It is new. It is short.' });
    assert.deepEqual(await openNames(agentId), [`${old.name}/b.txt`, `${old.name}/c.txt`, `${empty.name}/new.md`]);
    assert.match(await promptOf(agentId), /\[Viewing file start \(out of 2 sentences\)\]\n1: It is new\.\n2: It is short\.\n/);
  });

  it('are cut to what the agent may see of each, and shown further when it may see more', async () => {
    const folder = await world.newFolder([{ name: 'long.txt', text: numbers(20_000) }]);
    const agentId = await newAgent({ per_file_view_window_char_limit: 200, folder_ids: [folder.id] });
    const viewOf = async (): Promise<string> => (await client.agents.retrieve(agentId)).memory.file_blocks?.[0]?.value ?? '';
    const cut = await viewOf();
    assert.equal(cut.length, 200);
    assert.match(
      cut,
      /^\[Viewing file start \(out of 20000 lines\)\]\n1: number 1\n[^]*\.\.\.\[TRUNCATED\]\n# NOTE: This block is truncated/,
    );
    assert.ok((await promptOf(agentId)).includes(cut));
    await client.agents.update(agentId, { per_file_view_window_char_limit: 100_000 });
    const longer = await viewOf();
    assert.equal(longer.length, 100_000);
    assert.match(longer, /\n4000: number 4000\n/);
  });

  it('leave the prompt as it is while nothing of them changes, and change it with the next run', async () => {
    const folder = await world.newFolder([{ name: 'a.txt', text: 'alpha' }]);
    const agentId = await newAgent({ folder_ids: [folder.id] });
    const systemOf = async (): Promise<unknown> => {
      await client.agents.messages.create(agentId, { input: 'hello' });
      return stack.mock.seen.at(-1)?.request.messages[0];
    };
    const before = await systemOf();
    assert.match(JSON.stringify(before), /1: alpha/);
    assert.deepEqual(await systemOf(), before);
    await client.agents.files.closeAll(agentId);
    assert.doesNotMatch(JSON.stringify(await systemOf()), /1: alpha/);
  });
});
