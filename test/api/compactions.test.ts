import assert from 'node:assert/strict';
import { conversationClient } from '../support/conversation-client.js';
import { textOf } from '../support/mock-openai.js';
import { isSummaryRequest, overflow } from '../support/small-window.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory } from '../support/valid-history.js';

interface Compaction {
  readonly id: string;
  readonly conversation_id: string | null;
  readonly run_id: string | null;
  readonly trigger: string;
  readonly method: string;
  readonly model_calls: number;
  readonly summary: string;
  readonly evicted_message_ids: readonly string[];
  readonly messages_count_before: number;
  readonly messages_count_after: number;
  readonly state: string;
  readonly undone_at: string | null;
}

describe('the compactions of a conversation', () => {
  const api = useStack();
  const { stack } = api;
  beforeEach(() => {
    stack.mock.script = request => ({ text: isSummaryRequest(request) ? 'They counted.' : 'ok' });
  });

  const call = async (method: string, path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${stack.url}${path}`, { method });
    return { status: response.status, body: await response.json() };
  };
  const list = async (path: string, query = ''): Promise<readonly Compaction[]> => {
    const { status, body } = await call('GET', `${path}/compactions${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as readonly Compaction[];
  };
  const undo = (path: string, id: string) => call('POST', `${path}/compactions/${id}/undo`);
  const newAgent = (): Promise<string> => api.newAgent({ include_base_tools: false, initial_message_sequence: [] });
  const say = async (agentId: string, ...inputs: readonly string[]): Promise<void> => {
    for (const input of inputs) await api.letta.agents.messages.create(agentId, { input });
  };
  const contextOf = async (agentId: string): Promise<readonly string[]> => (await api.letta.agents.retrieve(agentId)).message_ids ?? [];
  const compact = (agentId: string) => api.letta.agents.messages.compact(agentId);

  it('are listed with what they did, page by page, and undone newest first', async () => {
    const agentId = await newAgent();
    const path = `/v1/agents/${agentId}`;
    await say(agentId, 'one', 'two', 'three');
    const first = await contextOf(agentId);
    await compact(agentId);
    await say(agentId, 'four', 'five');
    const second = await contextOf(agentId);
    await compact(agentId);
    const [newer, older, ...more] = await list(path);
    assert.ok(newer && older && more.length === 0);
    assert.match(newer.id, /^compaction-/);
    assert.deepEqual([newer.state, older.state], ['active', 'superseded']);
    assert.deepEqual([newer.trigger, newer.method, newer.model_calls, newer.summary], ['manual', 'sliding_window', 1, 'They counted.']);
    assert.deepEqual([newer.run_id, newer.conversation_id, newer.undone_at], [null, null, null]);
    assert.deepEqual([older.messages_count_before, older.evicted_message_ids.length], [7, 8 - older.messages_count_after]);
    assert.deepEqual(
      (await list(path, `?limit=1&before=${newer.id}`)).map(({ id }) => id),
      [older.id],
    );
    assert.deepEqual(
      (await list(path, `?order=asc&after=${older.id}`)).map(({ id }) => id),
      [newer.id],
    );

    const refused = await undo(path, older.id);
    assert.equal(refused.status, 409, JSON.stringify(refused.body));
    for (const [compaction, context] of [
      [newer, second],
      [older, first.concat(second.slice(-4))],
    ] as const) {
      const undone = await undo(path, compaction.id);
      assert.equal(undone.status, 200, JSON.stringify(undone.body));
      assert.equal((undone.body as Compaction).state, 'undone');
      assert.deepEqual(await contextOf(agentId), context);
      assert.deepEqual((await undo(path, compaction.id)).body, undone.body, 'once');
      assert.deepEqual(await contextOf(agentId), context);
    }
    await say(agentId, 'six');
    const seen = stack.mock.seen.at(-1);
    assert.ok(seen);
    assert.deepEqual(seen.request.messages.filter(message => message.role === 'user').map(textOf), [
      'one',
      'two',
      'three',
      'four',
      'five',
      'six',
    ]);
    assert.deepEqual((await api.letta.runs.list({ agent_id: agentId })).items.length, 6, 'a command is no run');
  });

  it('are not undone once a message that was summed up is deleted', async () => {
    const agentId = await newAgent();
    await say(agentId, 'one', 'two', 'three');
    await compact(agentId);
    const [compaction] = await list(`/v1/agents/${agentId}`);
    assert.ok(compaction);
    const context = await contextOf(agentId);
    await stack.backend.database.query('delete from messages where id = $1', [compaction.evicted_message_ids[0]]);
    const { status, body } = await undo(`/v1/agents/${agentId}`, compaction.id);
    assert.deepEqual([status, JSON.stringify(body).includes('were deleted')], [409, true]);
    await say(agentId, 'four');
    assert.deepEqual((await contextOf(agentId)).slice(0, context.length), context);
    assert.equal((await list(`/v1/agents/${agentId}`))[0]?.state, 'active');
  });

  it('within a run bring all messages back in their order, also around the one that had stayed', async () => {
    const settings = { compaction_settings: { mode: 'all' } };
    const agentId = await api.newAgent({ include_base_tools: false, tools: ['memory_insert'], initial_message_sequence: [], ...settings });
    await say(agentId, 'old');
    let refuses = false;
    stack.mock.script = request => {
      if (isSummaryRequest(request)) return { text: 'Noted twice.' };
      const returns = request.messages.filter(message => message.role === 'tool').length;
      if (returns === 2 && !refuses && (refuses = true)) return overflow;
      return returns < 2 && !refuses
        ? { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'x' } }] }
        : { text: 'done' };
    };
    await say(agentId, 'work');
    const [compaction] = await list(`/v1/agents/${agentId}`);
    assert.ok(compaction);
    assert.deepEqual([compaction.trigger, compaction.method], ['context_window_exceeded', 'all']);
    assert.match(compaction.run_id ?? '', /^run-/);
    const sent = stack.mock.seen.at(-1)?.request.messages ?? [];
    assert.deepEqual(
      sent.map(message => message.role),
      ['system', 'user', 'user'],
    );
    assert.match(textOf(sent[1]), /Noted twice/);
    assert.equal(textOf(sent[2]), 'work');
    assert.equal((await undo(`/v1/agents/${agentId}`, compaction.id)).status, 200);
    stack.mock.script = () => ({ text: 'ok' });
    await say(agentId, 'more');
    const last = stack.mock.seen.at(-1);
    assert.ok(last);
    assertValidHistory(last);
    const roles = last.request.messages.map(message => message.role);
    assert.deepEqual(roles, ['system', 'user', 'assistant', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'user']);
  });

  it('are found again by forks as they were at the time', async () => {
    const talk = conversationClient(stack.url);
    const { id } = await api.letta.conversations.create({ agent_id: await newAgent() });
    for (const input of ['one', 'two', 'three']) await talk.stream(id, { input });
    await api.letta.conversations.messages.compact(id);
    await talk.stream(id, { input: 'four' });
    const compacted = (await api.letta.conversations.retrieve(id)).in_context_message_ids ?? [];
    const [compaction] = await list(`/v1/conversations/${id}`);
    assert.equal(compaction?.conversation_id, id);
    assert.equal((await undo(`/v1/conversations/${id}`, compaction.id)).status, 200);
    await talk.stream(id, { input: 'five' });
    const fork = async (messageId: string): Promise<readonly string[]> => {
      const { body } = await call('POST', `/v1/conversations/${id}/fork?message_id=${messageId}`);
      return (body as { in_context_message_ids: readonly string[] }).in_context_message_ids.slice(1);
    };
    assert.deepEqual(await fork(compacted.at(-1) ?? ''), compacted.slice(1));
    const now = (await api.letta.conversations.retrieve(id)).in_context_message_ids ?? [];
    assert.deepEqual(await fork(now.at(-1) ?? ''), now.slice(1));
    assert.equal(now.length, 11);
  });

  it('are refused where there is none of that name, and change nothing', async () => {
    const [agentId, other] = [await newAgent(), await newAgent()];
    await say(agentId, 'one', 'two', 'three');
    await compact(agentId);
    const [compaction] = await list(`/v1/agents/${agentId}`);
    assert.ok(compaction);
    const context = await contextOf(agentId);
    assert.equal((await undo(`/v1/agents/${other}`, compaction.id)).status, 404);
    assert.equal(
      (
        await undo(
          `/v1/agents/${agentId}`,
          compaction.id.replace(/.$/, digit => (digit === '0' ? '1' : '0')),
        )
      ).status,
      404,
    );
    assert.equal((await undo(`/v1/agents/${agentId}`, 'compaction-1')).status, 422);
    assert.equal((await call('GET', `/v1/agents/${other}/compactions?after=${compaction.id}`)).status, 404);
    assert.deepEqual(await list(`/v1/agents/${other}`), []);
    await api.letta.agents.messages.reset(agentId, {});
    assert.equal((await undo(`/v1/agents/${agentId}`, compaction.id)).status, 409);
    assert.notDeepEqual(context, []);
  });

  it('are listed a hundred at a time at most', async () => {
    const agentId = await newAgent();
    await say(agentId, 'one', 'two', 'three');
    await compact(agentId);
    await stack.backend.database.query(
      `insert into compactions select (jsonb_populate_record(c, jsonb_build_object('id', 'compaction-' || gen_random_uuid(), 'sequence_id', c.sequence_id + n))).*
         from compactions c join conversations o on o.id = c.conversation_id, generate_series(1, 120) n where o.agent_id = $1`,
      [agentId],
    );
    assert.equal((await list(`/v1/agents/${agentId}`, '?limit=1000000')).length, 100);
  });
});
