import assert from 'node:assert/strict';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { createBlockEditsRepository } from '../../src/repositories/block-edits.repository.js';
import type { TransactionalDatabase } from '../../src/repositories/database.js';
import { blockEditOptions, createBlockWorld } from './block-world.js';
import type { BlockWorld } from './block-world.js';

const otherOrganization = 'org-00000000-0000-4000-8000-00000000000f';

describe('edits of blocks', () => {
  let world: BlockWorld;

  before(async () => {
    world = await createBlockWorld();
  });

  after(() => world.close());

  const append = (agentId: string, toolCallId: string, content: string, label = 'notes') =>
    world.edits.editByTool({
      agentId,
      conversationId: defaultConversationId(agentId),
      stepId: 'step-1',
      toolCallId,
      request: { kind: 'edit', edit: { kind: 'core_memory_append', label, content } },
    });

  it('by a tool append a version with the agent, the step and the call as authors', async () => {
    const block = await world.newBlock('notes', 'one');
    const agent = await world.newAgent(block.id);
    assert.deepEqual(await append(agent.id, 'call-authors', 'two'), { status: 'success', message: 'one\ntwo' });
    assert.deepEqual(await world.versionsOf(block.id), [
      { version: 1, value: 'one', author: `user ${defaultUserId}`, step: null, call: null },
      { version: 2, value: 'one\ntwo', author: `agent ${agent.id}`, step: 'step-1', call: 'call-authors' },
    ]);
    assert.equal((await world.blocks.find(defaultOrganizationId, block.id))?.value, 'one\ntwo');
  });

  it('by one tool call happen once however often it is repeated, and answer the same', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    const first = await append(agent.id, 'call-repeat', 'x');
    await append(agent.id, 'call-later', 'y');
    assert.deepEqual(await append(agent.id, 'call-repeat', 'x'), first);
    assert.equal((await world.blocks.find(defaultOrganizationId, block.id))?.value, 'start\nx\ny');
  });

  it('by one tool call that runs several times at once happen once', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    const results = await Promise.all(Array.from({ length: 12 }, () => append(agent.id, 'call-at-once', 'x')));
    for (const result of results) assert.deepEqual(result, { status: 'success', message: 'start\nx' });
    assert.equal((await world.versionsOf(block.id)).length, 2);
  });

  it('stay done when the block was replaced by another of its label before the call is repeated', async () => {
    const [old, next] = [await world.newBlock('notes', 'old'), await world.newBlock('notes', 'next')];
    const agent = await world.newAgent(old.id);
    const first = await append(agent.id, 'call-replaced', 'x');
    assert.equal(await world.blocks.detach(agent.id, old.id), true);
    await world.blocks.attach(agent.id, next.id);
    assert.deepEqual(await append(agent.id, 'call-replaced', 'x'), first);
    assert.equal((await world.blocks.find(defaultOrganizationId, next.id))?.value, 'next');
  });

  it('of one shared block by many agents at once are all kept, each once', async () => {
    const block = await world.newBlock('notes', 'start');
    const agents = await Promise.all(Array.from({ length: 6 }, () => world.newAgent(block.id)));
    const edits = agents.flatMap(agent => Array.from({ length: 10 }, (_, index) => ({ agent, name: `${agent.id}/${index}` })));
    const results = await Promise.all(edits.map(({ agent, name }) => append(agent.id, `many-${name}`, name)));
    assert.deepEqual(
      results.filter(result => result.status === 'error'),
      [],
    );
    const lines = (await world.blocks.find(defaultOrganizationId, block.id))?.value.split('\n') ?? [];
    assert.deepEqual(lines.slice(1).sort(), edits.map(({ name }) => name).sort());
    assert.deepEqual(
      (await world.versionsOf(block.id)).map(({ version }) => version),
      Array.from({ length: edits.length + 1 }, (_, index) => index + 1),
    );
  });

  it('start over with the newest value when another edit comes between reading and writing', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    let interruptions = 0;
    const interrupted: TransactionalDatabase = {
      ...world.database,
      async query(sql, parameters) {
        if (sql.includes('insert into block_versions') && interruptions === 0) {
          interruptions += 1;
          await world.updateBlock(block.id, { value: 'by a user' });
        }
        return world.database.query(sql, parameters);
      },
    };
    const result = await createBlockEditsRepository(interrupted, blockEditOptions).editByTool({
      agentId: agent.id,
      conversationId: agent.conversationId,
      stepId: 'step-1',
      toolCallId: 'call-interrupted',
      request: { kind: 'edit', edit: { kind: 'core_memory_append', label: 'notes', content: 'by the agent' } },
    });
    assert.deepEqual(result, { status: 'success', message: 'by a user\nby the agent' });
  });

  it('take two statements when nobody interferes', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    let statements = 0;
    const counting: TransactionalDatabase = {
      ...world.database,
      query: (sql, parameters) => {
        statements += 1;
        return world.database.query(sql, parameters);
      },
    };
    await createBlockEditsRepository(counting, blockEditOptions).editByTool({
      agentId: agent.id,
      conversationId: agent.conversationId,
      stepId: 'step-1',
      toolCallId: 'call-counted',
      request: { kind: 'edit', edit: { kind: 'core_memory_append', label: 'notes', content: 'x' } },
    });
    assert.equal(statements, 2);
  });

  it('vanish with the transaction that they are part of', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    const edit = world.database.transaction(async transaction => {
      await createBlockEditsRepository({ ...transaction, transaction: work => work(transaction) }, blockEditOptions).editByTool({
        agentId: agent.id,
        conversationId: agent.conversationId,
        stepId: 'step-1',
        toolCallId: 'call-rolled-back',
        request: { kind: 'edit', edit: { kind: 'core_memory_append', label: 'notes', content: 'x' } },
      });
      throw new Error('the tool result could not be stored');
    });
    await assert.rejects(edit, /could not be stored/);
    assert.equal((await world.versionsOf(block.id)).length, 1);
    assert.equal(await world.isStale(agent.conversationId), false);
  });

  it('are refused for read-only blocks and unknown labels, and change nothing', async () => {
    const block = await world.newBlock('notes', 'start', { readOnly: true });
    const agent = await world.newAgent(block.id);
    assert.deepEqual(await append(agent.id, 'call-read-only', 'x'), {
      status: 'error',
      errorType: 'ValueError',
      message: 'Error This block is read-only and cannot be edited.',
    });
    const unknown = await append(agent.id, 'call-unknown', 'x', 'nowhere');
    assert.equal(unknown.errorType, 'KeyError');
    assert.equal((await world.versionsOf(block.id)).length, 1);
    assert.equal(await world.isStale(agent.conversationId), false);
  });

  it('make the system message of every agent that has the block stale, and of no other', async () => {
    const [shared, own] = [await world.newBlock('notes', 'start'), await world.newBlock('notes', 'own')];
    const [first, second, stranger] = [await world.newAgent(shared.id), await world.newAgent(shared.id), await world.newAgent(own.id)];
    await append(first.id, 'call-shared', 'x');
    assert.deepEqual(await Promise.all([first, second, stranger].map(agent => world.isStale(agent.conversationId))), [true, true, false]);
  });

  it('of two blocks that the same agents share do not block each other in a circle', async () => {
    const [left, right] = [await world.newBlock('left', ''), await world.newBlock('right', '')];
    const agents = await Promise.all(Array.from({ length: 8 }, () => world.newAgent()));
    for (const agent of agents) await world.blocks.attach(agent.id, left.id);
    for (const agent of [...agents].reverse()) await world.blocks.attach(agent.id, right.id);
    const edits = agents.flatMap((agent, index) => [
      append(agent.id, `circle-left-${index}`, 'x', 'left'),
      append(agent.id, `circle-right-${index}`, 'x', 'right'),
      world.updateBlock(left.id, { description: `left ${index}` }),
      world.updateBlock(right.id, { description: `right ${index}` }),
    ]);
    await Promise.all(edits);
    assert.equal((await world.versionsOf(left.id)).length, 1 + 2 * agents.length);
    assert.equal((await world.versionsOf(right.id)).length, 1 + 2 * agents.length);
  });

  it('by the API at once each make a version of their own', async () => {
    const block = await world.newBlock('notes', 'start');
    const values = Array.from({ length: 16 }, (_, index) => `value ${index}`);
    await Promise.all(values.map(value => world.updateBlock(block.id, { value })));
    const versions = await world.versionsOf(block.id);
    assert.deepEqual(
      versions.map(({ version }) => version),
      Array.from({ length: 17 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      versions
        .slice(1)
        .map(({ value }) => value)
        .sort(),
      [...values].sort(),
    );
    assert.equal((await world.blocks.find(defaultOrganizationId, block.id))?.value, versions.at(-1)?.value);
  });

  it('that change nothing that the prompt shows leave the system message as it is', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    await world.updateBlock(block.id, { value: 'start', tags: ['new'], metadata: { a: 1 } });
    assert.equal(await world.isStale(agent.conversationId), false);
    await world.updateBlock(block.id, { description: 'new' });
    assert.equal(await world.isStale(agent.conversationId), true);
  });

  it('of another organisation do nothing at all', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    assert.equal(await world.updateBlock(block.id, { value: 'stolen' }, otherOrganization), null);
    assert.equal(await world.blocks.delete(otherOrganization, block.id), false);
    assert.equal(await world.blocks.find(otherOrganization, block.id), null);
    assert.equal(await world.isStale(agent.conversationId), false);
    assert.equal((await world.versionsOf(block.id)).length, 1);
  });

  it('end with the block: deleting takes its versions and attachments along and makes prompts stale', async () => {
    const block = await world.newBlock('notes', 'start');
    const agent = await world.newAgent(block.id);
    assert.equal(await world.blocks.delete(defaultOrganizationId, block.id), true);
    assert.deepEqual(await world.versionsOf(block.id), []);
    assert.equal(await world.blocks.findOfAgent(defaultOrganizationId, agent.id, 'notes'), null);
    assert.equal(await world.isStale(agent.conversationId), true);
  });
});
