import assert from 'node:assert/strict';
import type { Letta } from '@letta-ai/letta-client';
import { agentClient, contentOf } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { conversationClient } from '../support/conversation-client.js';
import type { ConversationClient } from '../support/conversation-client.js';
import { textOf } from '../support/mock-openai.js';
import type { MockRequest } from '../support/mock-openai.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const lastText = (request: MockRequest): string => textOf(request.messages.findLast(message => message.role === 'user'));
const isSummaryRequest = (request: MockRequest): boolean => textOf(request.messages[0]).startsWith('You keep the memory');

describe('the context of a conversation by the official SDK', () => {
  let stack: Stack;
  let client: Letta;
  let newAgent: AgentClient['newAgent'];
  let talk: ConversationClient;

  before(async () => {
    stack = await sharedStack();
    ({ letta: client, newAgent } = agentClient(stack.url));
    talk = conversationClient(stack.url);
  });

  beforeEach(() => {
    stack.mock.script = request => (isSummaryRequest(request) ? { text: 'They counted.' } : { text: `answer to ${lastText(request)}` });
  });

  const newConversation = async (agentId: string): Promise<string> => (await client.conversations.create({ agent_id: agentId })).id;
  const tell = async (id: string, ...inputs: readonly string[]): Promise<void> => {
    for (const input of inputs) await talk.stream(id, { input });
  };
  const contextOf = async (id: string): Promise<readonly string[]> =>
    (await client.conversations.retrieve(id)).in_context_message_ids ?? [];
  const seenTexts = (): readonly string[] => (stack.mock.seen.at(-1)?.request.messages ?? []).slice(1).map(textOf);
  /** A turn that notes a line in the block `human`, in two steps. */
  const note = async (id: string, line: string): Promise<void> => {
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: `noted ${line}` }
        : { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: line } }] };
    await talk.stream(id, { input: `note ${line}` });
  };
  const post = async (path: string, body: object = {}, method = 'POST'): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  describe('when it is compacted', () => {
    it('has a summary in the place of the older messages, which stay in the history', async () => {
      const id = await newConversation(await newAgent());
      await tell(id, 'one', 'two', 'three', 'four');
      const before = (await client.conversations.messages.list(id)).items.length;
      const result = await client.conversations.messages.compact(id);
      assert.deepEqual([result.summary, result.num_messages_before], ['They counted.', 9]);
      assert.ok(result.num_messages_after < 9);
      assert.equal((await contextOf(id)).length, result.num_messages_after);
      assert.equal((await client.conversations.messages.list(id)).items.length, before + 1);
      await tell(id, 'five');
      assert.match(seenTexts()[0] ?? '', /They counted\./);
      assert.equal(seenTexts().at(-1), 'five');
      assert.deepEqual((await client.runs.list({ conversation_id: id })).items.length, 5, 'a command is no run');
    });

    it('fits the window of the model that the conversation has for itself', async () => {
      const id = await newConversation(await newAgent());
      await stack.backend.database.query(`update conversations set config_changes = '{"contextWindow": 8192}' where id = $1`, [id]);
      const isFull = (request: MockRequest): boolean => request.messages.length > 6;
      const error = { status: 400, body: { error: { code: 'context_length_exceeded', message: 'This is too long' } } };
      stack.mock.script = request =>
        isSummaryRequest(request) ? { text: 'They counted.' } : isFull(request) ? { error } : { text: 'word '.repeat(1600) };
      await tell(id, 'one', 'two', 'three', 'four');
      const rows = await stack.backend.database.query<{ stats: { contextWindow: number; contextTokensAfter: number } }>(
        'select stats from compactions where conversation_id = $1 order by created_at limit 1',
        [id],
      );
      assert.equal(rows[0]?.stats.contextWindow, 8192);
      assert.ok(rows[0].stats.contextTokensAfter < 0.75 * 8192, 'the first pass makes room in it');
    });

    it('answers 400 when nothing is gained, and changes nothing', async () => {
      const agentId = await newAgent();
      const id = await newConversation(agentId);
      const before = await contextOf(id);
      await assert.rejects(client.conversations.messages.compact(id), { status: 400 });
      assert.deepEqual(await contextOf(id), before);
      await assert.rejects(client.agents.messages.compact(agentId), { status: 400 });
    });

    it('waits for the run before it, and the next one waits for it: none comes between the steps of another', async () => {
      const agentId = await newAgent();
      const id = await newConversation(agentId);
      await tell(id, 'one', 'two', 'three');
      const order: string[] = [];
      stack.mock.script = async request => {
        order.push(isSummaryRequest(request) ? 'summary' : request.messages.at(-1)?.role === 'tool' ? 'second step' : lastText(request));
        await new Promise(resolve => setTimeout(resolve, 100));
        if (isSummaryRequest(request)) return { text: 'They counted.' };
        return lastText(request) === 'long' && request.messages.at(-1)?.role !== 'tool'
          ? { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'x' } }] }
          : { text: 'ok' };
      };
      const run = await talk.start(id, { input: 'long' });
      const compacted = client.conversations.messages.compact(id);
      while (!order.includes('summary')) await new Promise(resolve => setTimeout(resolve, 10));
      const refused = await post(`/v1/conversations/${id}/messages`, { input: 'now' });
      assert.equal(refused.status, 409);
      assert.ok(!('run_id' in (refused.body as object)), 'a command is no run');
      const behind = talk.block(id, { input: 'behind' });
      await Promise.all([run.events, compacted, behind]);
      assert.deepEqual(order, ['long', 'second step', 'summary', 'behind']);
    });

    it('is done once for a request that is sent twice, and fails as the model fails', async () => {
      const id = await newConversation(await newAgent());
      await tell(id, 'one', 'two', 'three', 'four');
      const send = async () =>
        fetch(`${stack.url}/v1/conversations/${id}/compact`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'compact-once' },
          body: '{}',
        });
      const asked = stack.mock.seen.length;
      const [first, second] = await Promise.all([send(), send()]);
      assert.deepEqual(await first.json(), await second.json());
      assert.equal(stack.mock.seen.length - asked, 1);
      await tell(id, 'five', 'six', 'seven');
      const before = await contextOf(id);
      stack.mock.script = () => ({ error: { status: 400, body: { error: { message: 'no' } } } });
      await assert.rejects(client.conversations.messages.compact(id), { status: 502 });
      assert.deepEqual(await contextOf(id), before);
    });
  });

  describe('when it is forked', () => {
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

  it('that waits for an approval is not compacted, is forked without the step that waits, and gives it up with a reset', async () => {
    const agentId = await newAgent({ tools: ['test_tool'], tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }] });
    await client.agents.messages.create(agentId, { input: 'one' });
    stack.mock.script = () => ({ toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] });
    const asked = await client.agents.messages.create(agentId, { input: 'ask' });
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    const refused = await post(`/v1/agents/${agentId}/summarize`);
    assert.equal(refused.status, 409);
    assert.equal((refused.body as { detail: { code: string } }).detail.code, 'PENDING_APPROVAL');
    const fork = await client.conversations.fork('default', { agent_id: agentId });
    stack.mock.script = request => ({ text: `answer to ${lastText(request)}` });
    await tell(fork.id, 'never mind');
    assert.deepEqual(seenTexts(), ['one', 'answer to one', 'ask', 'never mind']);
    await client.agents.messages.reset(agentId, { add_default_initial_messages: false });
    await client.agents.messages.create(agentId, { input: 'anew' });
    assert.deepEqual(seenTexts(), ['anew']);
  });

  it('is compiled anew on demand, or only shown', async () => {
    const agentId = await newAgent();
    const id = await newConversation(agentId);
    const systemOf = async (): Promise<string> => String(contentOf((await client.conversations.messages.list(id)).items[0]));
    const before = await systemOf();
    await client.agents.update(agentId, { system: 'You are new.' });
    assert.match(await client.conversations.recompile(id, { dry_run: true }), /^You are new\./);
    assert.equal(await systemOf(), before);
    const text = await client.conversations.recompile(id);
    assert.match(text, /^You are new\./);
    assert.equal(await systemOf(), text);
    await stack.backend.database.query(
      `update messages set content = replace(content::text, 'last recompiled: 2', 'last recompiled: 1')::jsonb where agent_id = $1`,
      [agentId],
    );
    assert.match(await client.agents.recompile(agentId), /^You are new\.[\s\S]*last recompiled: 1/, 'the time stays');
    assert.match(await client.agents.recompile(agentId, { update_timestamp: true }), /last recompiled: 2/);
    assert.equal((await post('/v1/conversations/conv-00000000-0000-4000-8000-000000000000/recompile')).status, 404);
  });

  it('is emptied by a reset, which a busy conversation refuses and the history survives', async () => {
    const agentId = await newAgent({ agent_type: 'memgpt_v2_agent' });
    stack.mock.script = () => ({ toolCalls: [{ name: 'send_message', args: { message: 'hello' } }] });
    await client.agents.messages.create(agentId, { input: 'one' });
    const kept = (await client.agents.retrieve(agentId)).message_ids ?? [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    stack.mock.script = async () => {
      await gate;
      return { toolCalls: [{ name: 'send_message', args: { message: 'late' } }] };
    };
    const run = await client.agents.messages.createAsync(agentId, { input: 'two' });
    await assert.rejects(client.agents.messages.reset(agentId, { add_default_initial_messages: false }), { status: 409 });
    release();
    await talk.ended(run.id, 'completed');
    assert.equal(await client.agents.messages.reset(agentId, { add_default_initial_messages: false }), null);
    assert.deepEqual((await client.agents.retrieve(agentId)).message_ids, kept.slice(0, 1));
    assert.ok((await client.agents.messages.list(agentId)).items.length > 4, 'the history stays');
    const { body } = await post(`/v1/agents/${agentId}/reset-messages`, { add_default_initial_messages: true }, 'PATCH');
    assert.equal((body as { message_ids: string[] }).message_ids.length, 4, 'system, greeting, its return, login');
    stack.mock.script = () => ({ toolCalls: [{ name: 'send_message', args: { message: 'again' } }] });
    await client.agents.messages.create(agentId, { input: 'three' });
    assert.deepEqual(
      stack.mock.seen.at(-1)?.request.messages.map(message => message.role),
      ['system', 'assistant', 'tool', 'user', 'user'],
    );
  });
});
