import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createMemoryExecutors } from '../../src/activities/tools/memory-executors.js';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import type { ToolResult } from '../../src/domain/tools/tool-result.js';
import { createBlockEditsRepository } from '../../src/repositories/block-edits.repository.js';
import type { TransactionalDatabase } from '../../src/repositories/database.js';
import { createRunRollbackRepository } from '../../src/repositories/run-rollback.repository.js';
import { blockEditOptions, createBlockWorld } from './block-world.js';
import type { BlockWorld } from './block-world.js';

type Agent = Awaited<ReturnType<BlockWorld['newAgent']>>;

describe('memory tools on the database', () => {
  let world: BlockWorld;

  before(async () => {
    world = await createBlockWorld();
  });

  after(() => world.close());

  const call = async (
    agent: Agent,
    tool: string,
    args: Readonly<Record<string, unknown>>,
    more: { readonly id?: string; readonly stepId?: string; readonly database?: TransactionalDatabase } = {},
  ) => {
    const executor = createMemoryExecutors({ blockEdits: createBlockEditsRepository(more.database ?? world.database, blockEditOptions) })[
      tool
    ];
    assert.ok(executor !== undefined);
    const id = more.id ?? `call-${randomUUID()}`;
    const context = {
      id,
      runId: 'run-1',
      stepId: more.stepId ?? 'step-1',
      agentId: agent.id,
      organizationId: defaultOrganizationId,
      conversationId: agent.conversationId,
      timezone: null,
      call: { id: 'provider-call', name: tool, arguments: '' },
      tool: null,
      source: null,
    };
    return executor(context, args, new AbortController().signal);
  };
  const textOf = ({ value }: ToolResult): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const blocksOf = async (agent: Agent) =>
    world.database.query<{ label: string; value: string; description: string | null }>(
      `select b.label, b.value, b.description from blocks_agents ba join blocks b on b.id = ba.block_id where ba.agent_id = $1 order by ba.created_at, b.label`,
      [agent.id],
    );
  const labelsOf = async (agent: Agent): Promise<readonly string[]> => (await blocksOf(agent)).map(block => block.label).sort();
  const patch = (...lines: readonly string[]) => ({ label: '', patch: lines.join('\n') });

  it('change several blocks in one statement, once however often the call is repeated', async () => {
    const [one, two] = [await world.newBlock('one', '1'), await world.newBlock('two', '2')];
    const agent = await world.newAgent(one.id, two.id);
    const args = patch('*** Update Block: one', '-1', '+one', '*** Delete Block: two', '*** Add Block: three', 'Description: new', '+3');
    let statements = 0;
    const counting: TransactionalDatabase = {
      ...world.database,
      query: (sql, parameters) => {
        statements += 1;
        return world.database.query(sql, parameters);
      },
    };
    const first = await call(agent, 'memory_apply_patch', args, { id: 'call-patch', database: counting });
    assert.equal(first.status, 'success');
    assert.equal(statements, 2);
    const after = [
      { label: 'one', value: 'one', description: null },
      { label: 'three', value: '3', description: 'new' },
    ];
    assert.deepEqual(await blocksOf(agent), after);
    assert.deepEqual(await call(agent, 'memory_apply_patch', args, { id: 'call-patch' }), first);
    assert.deepEqual(await blocksOf(agent), after);
    assert.equal((await world.blocks.find(defaultOrganizationId, two.id))?.value, '2');
    assert.equal(await world.isStale(agent.conversationId), true);
  });

  it('happen once when one call runs several times at once', async () => {
    const agent = await world.newAgent();
    const args = { command: 'create', path: 'made', description: 'd', file_text: 'v' };
    const results = await Promise.all(Array.from({ length: 8 }, () => call(agent, 'memory', args, { id: 'call-create' })));
    for (const result of results) assert.equal(result.status, 'success', JSON.stringify(result));
    assert.deepEqual(await blocksOf(agent), [{ label: 'made', value: 'v', description: 'd' }]);
  });

  it('start over as a whole when one of several blocks is edited meanwhile', async () => {
    const [one, two] = [await world.newBlock('one', '1'), await world.newBlock('two', '2')];
    const agent = await world.newAgent(one.id, two.id);
    let interruptions = 0;
    const interrupted: TransactionalDatabase = {
      ...world.database,
      async query(sql, parameters) {
        if (sql.includes('insert into block_versions') && interruptions++ === 0)
          await call(agent, 'core_memory_append', { label: 'two', content: 'x' });
        return world.database.query(sql, parameters);
      },
    };
    const args = patch('*** Update Block: one', '+a', '*** Update Block: two', '+a');
    assert.equal((await call(agent, 'memory_apply_patch', args, { database: interrupted })).status, 'success');
    assert.deepEqual(
      (await blocksOf(agent)).map(block => block.value),
      ['1\na', '2\nx\na'],
    );
  });

  it('rename a shared block for every agent, unless one of them has another of the new label', async () => {
    const [shared, taken] = [await world.newBlock('old', 'v'), await world.newBlock('new', 'w')];
    const [mine, other] = [await world.newAgent(shared.id), await world.newAgent(shared.id, taken.id)];
    const refused = await call(mine, 'memory', { command: 'rename', old_path: 'old', new_path: 'new' });
    assert.equal(refused.status, 'error');
    assert.match(textOf(refused), /Another agent that shares the block/);
    assert.deepEqual([await labelsOf(mine), await labelsOf(other)], [['old'], ['new', 'old']]);
    assert.equal((await call(mine, 'memory', { command: 'rename', old_path: 'old', new_path: 'newer' })).status, 'success');
    assert.deepEqual([await labelsOf(mine), await labelsOf(other)], [['newer'], ['new', 'newer']]);
  });

  it('delete a block for their agent only', async () => {
    const shared = await world.newBlock('shared', 'v');
    const [mine, other] = [await world.newAgent(shared.id), await world.newAgent(shared.id)];
    assert.equal((await call(mine, 'memory', { command: 'delete', path: 'shared' })).status, 'success');
    assert.deepEqual([await labelsOf(mine), await labelsOf(other)], [[], ['shared']]);
  });

  it('refuse what would exceed the limit of a block, and change nothing', async () => {
    const block = await world.newBlock('notes', 'v');
    await world.database.query('update blocks set char_limit = 5 where id = $1', [block.id]);
    const agent = await world.newAgent(block.id);
    const refused = await call(agent, 'core_memory_append', { label: 'notes', content: 'longer' });
    assert.deepEqual(refused, { status: 'error', value: 'Edit failed: Exceeds 5 character limit (requested 8)', errorType: 'ValueError' });
    assert.equal((await world.versionsOf(block.id)).length, 1);
  });

  it('rewrite the text that the model saw: what others have done since in other places stays', async () => {
    const block = await world.newBlock('notes', 'a\nb\nc\nd');
    const agent = await world.newAgent(block.id);
    await world.systemMessages.refresh(agent.conversationId);
    const step = await world.newStep(agent);
    await world.updateBlock(block.id, { value: 'a\nb\nc\nD' });
    const result = await call(agent, 'memory_rethink', { label: 'notes', new_memory: 'A\nb\nc\nd' }, { stepId: step.id });
    assert.deepEqual(result, { status: 'success', value: 'A\nb\nc\nD' });
    // The step goes on from what it has written itself.
    const again = await call(agent, 'memory_rethink', { label: 'notes', new_memory: 'all new' }, { stepId: step.id });
    assert.deepEqual(again, { status: 'success', value: 'all new' });
  });

  it('refuse a rewrite of the same place with both texts, also when the call is repeated, and let the next step do it', async () => {
    const block = await world.newBlock('notes', 'a\nb');
    const agent = await world.newAgent(block.id);
    await world.systemMessages.refresh(agent.conversationId);
    const step = await world.newStep(agent);
    await world.updateBlock(block.id, { value: 'a\nby a user' });
    const args = { label: 'notes', new_memory: 'a\nby the agent' };
    const refused = await call(agent, 'memory_rethink', args, { stepId: step.id, id: 'call-conflict' });
    assert.equal(refused.status, 'error');
    assert.match(textOf(refused), /by a user[^]*by the agent/);
    assert.deepEqual(await call(agent, 'memory_rethink', args, { stepId: step.id, id: 'call-conflict' }), refused);
    assert.equal((await world.versionsOf(block.id)).length, 2);
    const next = await world.newStep(agent);
    assert.deepEqual(await call(agent, 'memory_rethink', args, { stepId: next.id }), { status: 'success', value: 'a\nby the agent' });
  });

  it('are undone as a whole with their run: content, labels, what was made and what was deleted', async () => {
    const [one, two] = [await world.newBlock('one', '1'), await world.newBlock('two', '2')];
    const agent = await world.newAgent(one.id, two.id);
    const step = await world.newStep(agent);
    const args = patch('*** Update Block: one', '*** Move to: first', '-1', '+I', '*** Delete Block: two', '*** Add Block: three', '+3');
    await call(agent, 'memory_apply_patch', args, { stepId: step.id });
    assert.deepEqual(await labelsOf(agent), ['first', 'three']);
    await createRunRollbackRepository(world.database).undo(step.runId);
    assert.deepEqual(
      (await blocksOf(agent)).map(block => `${block.label} ${block.value}`),
      ['one 1', 'two 2'],
    );
  });

  const keptBy = async (runId: string): Promise<unknown> => {
    await createRunRollbackRepository(world.database).undo(runId);
    const [run] = await world.database.query<{ kept: unknown }>(
      `select metadata -> 'rollback' -> 'blocks_kept' as kept from runs where id = $1`,
      [runId],
    );
    return run?.kept;
  };
  const rename = async (agent: Agent, stepId: string, from: string, to: string): Promise<void> => {
    assert.equal((await call(agent, 'memory', { command: 'rename', old_path: from, new_path: to }, { stepId })).status, 'success');
  };

  it('give labels back that they have given to other blocks since, and to each other', async () => {
    const blocks = [await world.newBlock('x', '1'), await world.newBlock('p', '2'), await world.newBlock('q', '3')];
    const agent = await world.newAgent(...blocks.map(block => block.id));
    const step = await world.newStep(agent);
    await rename(agent, step.id, 'x', 'y');
    const made = { command: 'create', path: 'x', description: 'd', file_text: 'made' };
    assert.equal((await call(agent, 'memory', made, { stepId: step.id })).status, 'success');
    await call(agent, 'core_memory_append', { label: 'x', content: 'more' }, { stepId: step.id });
    for (const [from, to] of [
      ['p', 'free'],
      ['q', 'p'],
      ['free', 'q'],
    ] as const)
      await rename(agent, step.id, from, to);
    assert.deepEqual(await keptBy(step.runId), []);
    assert.deepEqual((await blocksOf(agent)).map(block => `${block.label} ${block.value}`).sort(), ['p 2', 'q 3', 'x 1']);
  });

  it('leave a block the label that they gave it when somebody has used the old one since, and tell so', async () => {
    const block = await world.newBlock('old', '1');
    const agent = await world.newAgent(block.id);
    const step = await world.newStep(agent);
    await rename(agent, step.id, 'old', 'new');
    await world.blocks.attach(agent.id, (await world.newBlock('old', 'theirs')).id);
    assert.deepEqual(await keptBy(step.runId), ['new']);
    assert.deepEqual(await labelsOf(agent), ['new', 'old']);
  });
});
