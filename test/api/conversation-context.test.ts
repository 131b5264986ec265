import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { isSummaryRequest, lastText, useContexts } from '../support/context-world.js';
import type { MockRequest } from '../support/mock-openai.js';

describe('the context of a conversation by the official SDK', () => {
  const { stack, letta: client, newAgent, talk, newConversation, tell, contextOf, seenTexts, post } = useContexts();

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
