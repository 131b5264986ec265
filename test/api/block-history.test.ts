import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createMemoryExecutors } from '../../src/activities/tools/memory-executors.js';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Version {
  readonly version: number;
  readonly value: string;
  readonly action: string;
  readonly author_type: string;
  readonly author_id: string | null;
  readonly step_id: string | null;
  readonly run_id: string | null;
  readonly checkpoint: { readonly name: string | null } | null;
}

const unknownBlock = 'block-00000000-0000-4000-8000-000000000001';

describe('the history of blocks over the API', () => {
  const client = useStack();
  const { stack } = client;

  const ask = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${stack.url}/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...json,
    });
    return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as Answer['body'] };
  };
  const patch = (id: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> =>
    ask('PATCH', `/blocks/${id}`, body, headers);
  const historyOf = async (id: string, query = ''): Promise<readonly Version[]> =>
    (await ask('GET', `/blocks/${id}/history?order=asc${query}`)).body as unknown as Version[];
  const newBlock = async (value: string): Promise<string> => (await client.letta.blocks.create({ label: 'notes', value })).id;

  it('tells who has written each version, in which step, and what differs between two', async () => {
    const id = await newBlock('a\nb\n');
    const agentId = await client.newAgent({ block_ids: [id], memory_blocks: [], tools: ['core_memory_append'] });
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Noted.' }
        : { toolCalls: [{ name: 'core_memory_append', args: { label: 'notes', content: 'by the agent' }, id: 'note' }] };
    await client.letta.agents.messages.create(agentId, { messages: [{ role: 'user', content: 'note it' }] });
    const [first, second] = await historyOf(id);
    assert.deepEqual([first?.action, first?.author_type, first?.author_id, first?.step_id], ['create', 'user', defaultUserId, null]);
    assert.deepEqual([second?.action, second?.author_type, second?.author_id], ['edit', 'agent', agentId]);
    assert.equal((await client.letta.steps.retrieve(second?.step_id ?? '')).run_id, second?.run_id);
    const { body } = await ask('GET', `/blocks/${id}/diff`);
    assert.deepEqual(body['changed'], ['value']);
    assert.equal(
      body['diff'],
      '--- notes\tversion 1\n+++ notes\tversion 2\n@@ -1,2 +1,4 @@\n a\n b\n+\n+by the agent\n\\ No newline at end of file\n',
    );
    assert.deepEqual((await ask('GET', `/blocks/${id}/diff?from=2&to=2`)).body['diff'], '');
  });

  it('holds blocks that an agent has made, renamed and deleted, and its next prompt shows them', async () => {
    const agentId = await client.newAgent({ memory_blocks: [{ label: 'scratch', value: 'x' }], tools: ['memory', 'memory_rethink'] });
    const calls = [
      { name: 'memory', args: { command: 'create', path: '/memories/plans', description: 'What is planned.', file_text: 'Due in May.' } },
      { name: 'memory', args: { command: 'rename', old_path: 'plans', new_path: 'goals' } },
      { name: 'memory', args: { command: 'delete', path: 'scratch' } },
      { name: 'memory_rethink', args: { label: 'nowhere', new_memory: 'x' } },
    ];
    const systems: string[] = [];
    stack.mock.script = request => {
      systems.push(textOf(request.messages[0]));
      const done = request.messages.filter(message => message.role === 'tool').length;
      const next = calls[done];
      return next === undefined ? { text: 'Done.' } : { toolCalls: [{ ...next, id: `call-${done}` }] };
    };
    const say = (content: string) => client.letta.agents.messages.create(agentId, { messages: [{ role: 'user', content }] });
    const returns = (await say('tidy up')).messages.flatMap(message => (message.message_type === 'tool_return_message' ? [message] : []));
    assert.deepEqual(
      returns.map(({ status, tool_return }) => `${status}: ${tool_return.slice(0, 48)}`),
      [
        "success: Successfully created memory block 'plans'. Your ",
        "success: Successfully renamed memory block 'plans' to 'go",
        "success: Successfully deleted memory block 'scratch'. You",
        'error: Block field nowhere does not exist (available se',
      ],
    );
    assert.deepEqual(returns[3]?.stderr, [`Error executing function memory_rethink: KeyError: ${returns[3]?.tool_return ?? ''}`]);
    assert.ok(
      systems.every(system => system === systems[0] && system.includes('<scratch>')),
      'a run keeps its prompt',
    );
    await say('go on');
    const prompt = systems.at(-1) ?? '';
    assert.ok(prompt.includes('<goals>') && prompt.includes('Due in May.') && !prompt.includes('<scratch>'));
  });

  it('goes back and forth, and marks versions', async () => {
    const id = await newBlock('one');
    assert.deepEqual((await ask('POST', `/blocks/${id}/checkpoint`, { name: 'first' })).body['version'], 1);
    for (const value of ['two', 'three']) await patch(id, { value });
    const undone = await ask('POST', `/blocks/${id}/undo`, {});
    assert.deepEqual([undone.body['value'], undone.body['version'], undone.etag?.startsWith('"4-')], ['two', 4, true]);
    assert.equal((await ask('POST', `/blocks/${id}/redo`, { expected_version: 4 })).body['value'], 'three');
    assert.equal((await ask('POST', `/blocks/${id}/redo`)).status, 400);
    assert.equal((await ask('POST', `/blocks/${id}/undo`, {}, { 'if-match': '"4"' })).status, 409);
    assert.equal((await ask('POST', `/blocks/${id}/undo`, { to: 'checkpoint' })).body['value'], 'one');
    assert.deepEqual(
      (await historyOf(id, '&after=1&limit=3')).map(version => version.version),
      [2, 3, 4],
    );
    assert.deepEqual((await historyOf(id))[0]?.checkpoint, { name: 'first' });
  });

  it('refuses a write on an old version with both texts, and changes nothing', async () => {
    const id = await newBlock('one');
    const { etag } = await ask('GET', `/blocks/${id}`);
    assert.equal((await patch(id, { tags: [] }, { 'if-match': etag ?? '' })).etag, etag);
    await patch(id, { value: 'theirs' }, { 'if-match': etag ?? '' });
    for (const [body, headers] of [
      [{ value: 'mine', tags: ['x'] }, { 'if-match': etag ?? '' }],
      [{ value: 'mine', tags: ['x'] }, { 'if-match': '"1"' }],
      [{ value: 'mine', tags: ['x'], expected_version: 1 }, {}],
      [{ value: 'mine', tags: ['x'], base_version: 1 }, {}],
    ] as const) {
      const refused = await patch(id, body, headers);
      assert.equal(refused.status, 409);
      assert.match(String(refused.body['detail']), /is at version 2 now/);
      assert.deepEqual([refused.body['current_value'], refused.body['your_value'], refused.body['current_version']], ['theirs', 'mine', 2]);
    }
    assert.deepEqual([(await historyOf(id)).length, (await client.letta.blocks.retrieve(id)).tags], [2, []]);
  });

  it('merges what others have written in other lines, by id and by label', async () => {
    const id = await newBlock('a\nb\nc');
    const agentId = await client.newAgent({ block_ids: [id], memory_blocks: [] });
    await patch(id, { value: 'A\nb\nc' });
    const merged = await ask('PATCH', `/agents/${agentId}/core-memory/blocks/notes`, { value: 'a\nb\nC', base_version: 1 });
    assert.deepEqual([merged.status, merged.body['value'], merged.body['version']], [200, 'A\nb\nC', 3]);
  });

  it('refuses what makes no sense with its status', async () => {
    const id = await newBlock('one');
    const statuses = await Promise.all([
      ask('GET', `/blocks/${unknownBlock}/history`),
      ask('GET', `/blocks/${id}/history?after=x`),
      ask('GET', `/blocks/${id}/diff?from=7`),
      ask('POST', `/blocks/${unknownBlock}/undo`),
      ask('POST', `/blocks/${unknownBlock}/checkpoint`),
      ask('POST', `/blocks/${id}/undo`, { to: 'nowhere' }),
      patch(id, { value: 'x', expected_version: 1, base_version: 1 }),
      patch(id, { value: 'x', base_version: 9 }),
      patch(id, { value: 'x' }, { 'if-match': 'nonsense' }),
      patch(id, { value: 'x', expected_version: 1 }, { 'if-match': '"2"' }),
    ]);
    assert.deepEqual(
      statuses.map(answer => answer.status),
      [404, 422, 404, 404, 404, 422, 422, 422, 422, 422],
    );
    assert.equal((await historyOf(id)).length, 1);
  });

  it('loses nothing of 1,000 edits by 20 writers: by tools, by compare and set, by merges', async function () {
    this.timeout(180_000);
    const mergers = [0, 1, 2, 3, 4, 5, 6, 7];
    const lineOf = (merger: number, n: number | string): string => `merger ${merger}: ${n}`;
    const id = await newBlock([...mergers.flatMap(merger => [lineOf(merger, 'none'), '-']), 'start'].join('\n'));
    const agents = await Promise.all([1, 2].map(() => client.newAgent({ block_ids: [id], memory_blocks: [] })));
    const lines = (writer: string, count: number): readonly string[] => Array.from({ length: count }, (_, n) => `${writer}/${n}`);
    const tools = Array.from({ length: 10 }, (_, n) => ({ name: `tool ${n}`, agentId: agents[n % 2] ?? '' }));
    const append = createMemoryExecutors(stack.backend)['core_memory_append'];
    assert.ok(append !== undefined);
    const byTool = async (agentId: string, writer: string): Promise<void> => {
      for (const content of lines(writer, 50)) {
        const call = { id: content, name: 'core_memory_append', arguments: '' };
        const ids = { id: `call-${randomUUID()}`, runId: 'run-x', stepId: 'step-x', agentId, organizationId: defaultOrganizationId };
        const context = { ...ids, conversationId: defaultConversationId(agentId), timezone: null, call, tool: null, source: null };
        assert.equal((await append(context, { label: 'notes', content }, new AbortController().signal)).status, 'success');
      }
    };
    let conflicts = 0;
    const byCompareAndSet = async (writer: string): Promise<void> => {
      for (const line of lines(writer, 10)) {
        for (let isDone = false; !isDone;) {
          const { value, version } = (await ask('GET', `/blocks/${id}`)).body;
          const { status } = await patch(id, { value: `${String(value)}\n${line}`, expected_version: version });
          isDone = status === 200;
          if (!isDone) assert.equal(status, 409);
          if (!isDone) conflicts += 1;
        }
      }
    };
    const byMerge = async (merger: number): Promise<void> => {
      let { value, version } = (await ask('GET', `/blocks/${id}`)).body;
      for (let n = 0; n < 60; n += 1) {
        const written = await patch(id, {
          value: String(value).replace(new RegExp(`^merger ${merger}: .*$`, 'm'), lineOf(merger, n)),
          base_version: version,
        });
        assert.equal(written.status, 200);
        ({ value, version } = written.body);
      }
    };
    await Promise.all([
      ...tools.map(({ agentId, name }) => byTool(agentId, name)),
      ...['http 0', 'http 1'].map(byCompareAndSet),
      ...mergers.map(byMerge),
    ]);
    const wanted = [...tools.flatMap(({ name }) => lines(name, 50)), ...['http 0', 'http 1'].flatMap(writer => lines(writer, 10))];
    const { value, version } = (await ask('GET', `/blocks/${id}`)).body;
    const [merged, appended] = String(value).split('\nstart\n');
    assert.equal(merged, mergers.flatMap(merger => [lineOf(merger, 59), '-']).join('\n'));
    assert.deepEqual(appended?.split('\n').sort(), wanted.sort());
    assert.equal(version, 1001);
    assert.ok(conflicts > 0, 'the writers never met');
  });

  it('is listed a hundred versions at a time at most', async () => {
    const id = await newBlock('1');
    await stack.backend.database.query(
      `insert into block_versions (block_id, version, label, value, char_limit, read_only, action, author_type, author_id)
       select id, n, label, n::text, char_limit, read_only, 'edit', 'user', '' from blocks, generate_series(2, 150) n where id = $1`,
      [id],
    );
    assert.deepEqual([(await historyOf(id, '&limit=1000000')).length, (await historyOf(id, '&limit=99')).length], [100, 99]);
  });
});
