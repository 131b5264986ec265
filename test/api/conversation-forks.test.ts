import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { lastText, useContexts } from '../support/context-world.js';
import { textOf } from '../support/mock-openai.js';

describe('a conversation when it is forked, by the official SDK', () => {
  const { stack, letta: client, newAgent, newConversation, tell, contextOf, seenTexts, note, post } = useContexts();

  it('goes on with the same messages under a system message of its own, each side for itself', async () => {
    const agentId = await newAgent();
    const id = await newConversation(agentId);
    await tell(id, 'one', 'two');
    const fork = await client.conversations.fork(id);
    const [ownSystem, ...shared] = await contextOf(fork.id);
    const [system, ...source] = await contextOf(id);
    assert.notEqual(ownSystem, system);
    assert.deepEqual(shared, source);
    await tell(fork.id, 'on the fork');
    assert.deepEqual(seenTexts(), ['one', 'answer to one', 'two', 'answer to two', 'on the fork']);
    await tell(id, 'on the source');
    assert.ok(!seenTexts().includes('on the fork'));
    const listed = (await client.conversations.messages.list(fork.id, { order: 'asc' })).items;
    assert.deepEqual(
      listed.map(message => (message.message_type === 'system_message' ? message.id : contentOf(message))),
      [ownSystem, 'one', 'answer to one', 'two', 'answer to two', 'on the fork', 'answer to on the fork'],
    );
    assert.match(String(contentOf(listed[0])), new RegExp(`CONVERSATION_ID: ${fork.id}`));
    const ofAgent = await client.conversations.fork('default', { agent_id: agentId });
    assert.equal((await contextOf(ofAgent.id)).length, 1);
    await client.conversations.delete(id);
    await tell(fork.id, 'alone');
    assert.equal(seenTexts()[0], 'one', 'a fork does not need its source');
  });

  it('at a step has the messages and the memory of then, and leaves both alone where it came from', async () => {
    const agentId = await newAgent({ memory_blocks: [{ label: 'human', value: 'start' }] });
    const id = await newConversation(agentId);
    await note(id, 'first');
    await note(id, 'second');
    await note(id, 'third');
    const steps = (await client.steps.list({ agent_id: agentId, order: 'asc' })).items;
    assert.equal(steps.length, 6);
    // The first step of the second turn: its call and the return are there, its answer is not.
    const { body } = await post(`/v1/conversations/${id}/fork?step_id=${steps[2]?.id ?? ''}`);
    const fork = body as { id: string; isolated_block_ids: string[] };
    const [blockId = ''] = fork.isolated_block_ids;
    assert.equal((await client.blocks.retrieve(blockId)).value, 'start\nfirst\nsecond');
    const listed = (await client.conversations.messages.list(fork.id, { order: 'asc' })).items.map(message => message.message_type);
    const turn = ['user_message', 'tool_call_message', 'tool_return_message'];
    assert.deepEqual(listed, ['system_message', ...turn, 'assistant_message', ...turn]);
    assert.equal((await contextOf(fork.id)).length, listed.length);
    await note(fork.id, 'other');
    assert.equal((await client.blocks.retrieve(blockId)).value, 'start\nfirst\nsecond\nother');
    assert.equal((await client.agents.blocks.retrieve('human', { agent_id: agentId })).value, 'start\nfirst\nsecond\nthird');
    assert.match(textOf(stack.mock.seen.at(-1)?.request.messages[0]), /first\nsecond\n/);
    const again = (await post(`/v1/conversations/${fork.id}/fork`, { step_id: steps[0]?.id })).body as { isolated_block_ids: string[] };
    assert.equal(
      (await client.blocks.retrieve(again.isolated_block_ids[0] ?? '')).value,
      'start\nfirst',
      'also where the fork has it from its source',
    );
  });

  it('never brings back what a rollback has undone', async () => {
    const agentId = await newAgent();
    await client.agents.messages.create(agentId, { input: 'one' });
    stack.mock.script = request => ({ text: 'word '.repeat(lastText(request) === 'undone' ? 200 : 1), pieceDelayMs: 20 });
    const undone = await client.agents.messages.createAsync(agentId, { input: 'undone' });
    await post(`/v1/agents/${agentId}/messages`, { input: 'two', on_busy: 'rollback' });
    assert.equal((await client.runs.retrieve(undone.id)).status, 'cancelled');
    const listed = (await client.agents.messages.list(agentId, { order: 'asc' })).items;
    const last = listed.findLast(message => message.message_type === 'assistant_message');
    const { body } = await post(`/v1/conversations/default/fork?agent_id=${agentId}&message_id=${last?.id ?? ''}`);
    await tell((body as { id: string }).id, 'next');
    assert.deepEqual(
      seenTexts().filter(text => !text.startsWith('word')),
      ['one', 'answer to one', 'two', 'next'],
    );
  });

  it('at a message from before a compaction and a reset has what left the context since', async () => {
    const agentId = await newAgent();
    for (const input of ['one', 'two', 'three']) await client.agents.messages.create(agentId, { input });
    await client.agents.messages.compact(agentId);
    await client.agents.messages.create(agentId, { input: 'four' });
    await client.agents.messages.reset(agentId, { add_default_initial_messages: false });
    await client.agents.messages.create(agentId, { input: 'five' });
    const listed = (await client.agents.messages.list(agentId, { order: 'asc' })).items;
    const at = async (text: string): Promise<readonly unknown[]> => {
      const message = listed.find(candidate => contentOf(candidate) === text);
      const { body } = await post(`/v1/conversations/default/fork?agent_id=${agentId}&message_id=${message?.id ?? ''}`);
      await tell((body as { id: string }).id, 'next');
      return seenTexts();
    };
    assert.deepEqual(await at('two'), ['one', 'answer to one', 'two', 'next']);
    const compacted = await at('answer to four');
    assert.match(String(compacted[0]), /They counted/);
    assert.deepEqual(compacted.slice(-3), ['four', 'answer to four', 'next']);
    assert.deepEqual(await at('answer to five'), ['five', 'answer to five', 'next']);
  });

  it('is refused at a step or a message that it does not have', async () => {
    const agentId = await newAgent();
    const id = await newConversation(agentId);
    const other = await newConversation(agentId);
    await tell(other, 'elsewhere');
    const step = (await client.steps.list({ agent_id: agentId })).items[0]?.id ?? '';
    const message = (await contextOf(other))[1] ?? '';
    for (const query of [`step_id=${step}`, `message_id=${message}`, 'step_id=step-1']) {
      assert.equal((await post(`/v1/conversations/${id}/fork?${query}`)).status, 404, query);
    }
    assert.equal((await post(`/v1/conversations/${other}/fork?step_id=${step}&message_id=${message}`)).status, 422);
    assert.equal((await client.conversations.list({ agent_id: agentId })).length, 2, 'nothing was made');
  });
});
