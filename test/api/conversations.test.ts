import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

const someId = 'conv-00000000-0000-4000-8000-000000000000';

describe('conversations by the official SDK', () => {
  const { stack, letta: client, newAgent, talk } = useStack();

  beforeEach(() => {
    stack.mock.script = request => ({ text: `answer to ${textOf(request.messages.findLast(message => message.role === 'user'))}` });
  });

  it('begin with a system message of their own that names them', async () => {
    const agentId = await newAgent();
    const conversation = await client.conversations.create({ agent_id: agentId, summary: 'about tea' });
    assert.match(conversation.id, /^conv-/);
    assert.equal(conversation.agent_id, agentId);
    assert.equal(conversation.summary, 'about tea');
    assert.equal(conversation.in_context_message_ids?.length, 1);
    const [system, ...rest] = (await client.conversations.messages.list(conversation.id)).items;
    assert.equal(rest.length, 0);
    assert.equal(system?.message_type, 'system_message');
    assert.equal(system.id, conversation.in_context_message_ids[0]);
    const text = String(contentOf(system));
    assert.ok(text.includes(`AGENT_ID: ${agentId}`) && text.includes(`CONVERSATION_ID: ${conversation.id}`));
    assert.match(text, /System prompt last recompiled/);
    assert.doesNotMatch(text, /current system date/i);
    const other = await client.conversations.create({ agent_id: agentId });
    assert.notEqual(other.in_context_message_ids?.[0], system.id);
    const [agentSystem] = (await client.conversations.messages.list('default', { agent_id: agentId })).items;
    assert.match(String(contentOf(agentSystem)), /CONVERSATION_ID: default/);
  });

  it('refuse an unknown agent, a model that is no handle and a block label that the agent does not have', async () => {
    await assert.rejects(client.conversations.create({ agent_id: someId.replace('conv', 'agent') }), { status: 404 });
    const agentId = await newAgent();
    await assert.rejects(client.conversations.create({ agent_id: agentId, model: 'gpt' }), { status: 400 });
    await assert.rejects(talk.isolate(agentId, ['human', 'nowhere']), { status: 400 });
    assert.deepEqual(await client.conversations.list({ agent_id: agentId }), []);
    for (const send of [
      async () => client.conversations.retrieve(someId),
      async () => client.conversations.update(someId, { summary: 'x' }),
      async () => client.conversations.delete(someId),
      async () => client.conversations.messages.create(someId, { input: 'x' }),
      async () => client.conversations.messages.list(someId),
      async () => client.conversations.cancel(someId),
    ])
      await assert.rejects(send, { status: 404 });
    await assert.rejects(client.conversations.retrieve('conv-1'), { status: 422 });
    await assert.rejects(client.conversations.messages.create('default', { input: 'x' }), { status: 400 });
  });

  it('are listed by creation, by their last message and by the end of their last run, and found by summary', async () => {
    const agentId = await newAgent();
    const ids: string[] = [];
    for (const summary of ['one fish', 'two 100% fish', 'three birds']) {
      ids.push((await client.conversations.create({ agent_id: agentId, summary })).id);
    }
    const [first = '', second = '', third = ''] = ids;
    const list = async (query: object) => (await client.conversations.list({ agent_id: agentId, ...query })).map(({ id }) => id);
    assert.deepEqual(await list({}), [third, second, first]);
    assert.deepEqual(await list({ order: 'asc', limit: 2 }), [first, second]);
    assert.deepEqual(await list({ order: 'asc', after: second }), [third]);
    assert.deepEqual(await list({ summary_search: 'FISH' }), [second, first]);
    assert.deepEqual(await list({ summary_search: '0%' }), [second]);
    await talk.stream(second, { input: 'hello' });
    await talk.stream(first, { input: 'hello' });
    assert.deepEqual(await list({ order_by: 'last_message_at' }), [first, second, third]);
    assert.deepEqual(await list({ order_by: 'last_run_completion', after: first }), [second, third]);
    await assert.rejects(client.conversations.list({ after: someId }), { status: 404 });
  });

  it('are changed member by member', async () => {
    const { id } = await client.conversations.create({ agent_id: await newAgent(), summary: 'old' });
    const changed = await client.conversations.update(id, {
      summary: 'new',
      model: 'openai/mock-model',
      last_message_at: '2026-01-02T03:04:05Z',
    });
    assert.equal(changed.summary, 'new');
    assert.equal(changed.last_message_at, '2026-01-02T03:04:05.000Z');
    const again = await client.conversations.update(id, { model_settings: { provider_type: 'openai', temperature: 0.2 } });
    assert.equal(again.summary, 'new');
    assert.equal(again.model, 'openai/mock-model');
    assert.deepEqual(again.model_settings, { provider_type: 'openai', temperature: 0.2 });
    assert.deepEqual(await client.conversations.retrieve(id), again);
    await assert.rejects(client.conversations.update(id, { model: '/x' }), { status: 400 });
  });

  it('stream by default, answer at once when asked to, and keep their own context', async () => {
    const agentId = await newAgent();
    const { id } = await client.conversations.create({ agent_id: agentId });
    const other = await client.conversations.create({ agent_id: agentId });
    const events = await talk.stream(id, { input: 'first' });
    assert.deepEqual(events.map(event => event.message_type).slice(-2), ['stop_reason', 'usage_statistics']);
    assert.ok(events.some(event => event.content === 'answer to first'));
    await talk.stream(other.id, { input: 'elsewhere' });
    const answer = await talk.block(id, { input: 'second' });
    assert.equal(contentOf(answer.messages[0]), 'answer to second');
    const texts = stack.mock.seen.at(-1)?.request.messages.slice(1).map(textOf);
    assert.deepEqual(texts, ['first', 'answer to first', 'second']);
    const runs = (await client.runs.list({ agent_id: agentId, conversation_id: id })).items;
    assert.deepEqual(
      runs.map(run => [run.conversation_id, run.metadata?.['run_type']]),
      [
        [id, 'send_conversation_message'],
        [id, 'send_conversation_message'],
      ],
    );
    const kept = await client.conversations.retrieve(id);
    assert.equal(kept.in_context_message_ids?.length, 5);
    assert.ok(kept.last_message_at !== null);
  });

  it("reach the agent's default conversation by `default` and by the agent's id, which the wire shows as none", async () => {
    const agentId = await newAgent();
    await talk.stream('default', { input: 'by name', agent_id: agentId });
    await talk.stream(agentId, { input: 'by alias' });
    await client.agents.messages.create(agentId, { input: 'by the agent' });
    const runs = (await client.runs.list({ agent_id: agentId })).items;
    assert.deepEqual(
      runs.map(run => run.conversation_id),
      [null, null, null],
    );
    const listed = (await client.conversations.messages.list(agentId, { order: 'asc' })).items;
    assert.deepEqual(listed.filter(message => message.message_type === 'user_message').map(contentOf), [
      'by name',
      'by alias',
      'by the agent',
    ]);
    assert.deepEqual(await client.conversations.list({ agent_id: agentId }), []);
  });

  it('page their messages by position, the newest first, whatever the cursor names', async () => {
    const { id } = await client.conversations.create({ agent_id: await newAgent() });
    for (const input of ['a', 'b', 'c']) await talk.stream(id, { input });
    const all = (await client.conversations.messages.list(id)).items;
    assert.deepEqual(
      all.map(message => (message.message_type === 'system_message' ? 'system' : contentOf(message))),
      ['answer to c', 'c', 'answer to b', 'b', 'answer to a', 'a', 'system'],
    );
    const page = async (query: object) => (await client.conversations.messages.list(id, query)).items.map(message => message.id);
    const ids = all.map(message => message.id);
    assert.deepEqual(await page({ limit: 2, after: ids[1] }), ids.slice(2, 4));
    assert.deepEqual(await page({ before: ids[2] }), ids.slice(0, 2));
    assert.deepEqual(await page({ order: 'asc', limit: 3 }), ids.slice(-3).reverse());
    assert.deepEqual(await page({ order: 'asc', after: ids[1] }), ids.slice(0, 1));
    assert.deepEqual(await page({ after: 'message-00000000-0000-4000-8000-000000000000' }), ids);
    assert.deepEqual(await page({ include_return_message_types: ['user_message'] }), [ids[1], ids[3], ids[5]]);
    const walked: string[] = [];
    for await (const message of await client.conversations.messages.list(id, { limit: 3 })) walked.push(message.id);
    assert.deepEqual(walked, ids);
  });

  it('take their model before the agent’s and after the request’s, within the context window of the agent', async () => {
    const agentId = await newAgent({ context_window_limit: 16_000 });
    const { id } = await client.conversations.create({
      agent_id: agentId,
      model: 'openai/gpt-4.1-mini',
      model_settings: { provider_type: 'openai', temperature: 0.25 },
    });
    const seen = () => stack.mock.seen.at(-1)?.request as unknown as { model: string; temperature?: number };
    await talk.stream(id, { input: 'x' });
    assert.equal(seen().model, 'gpt-4.1-mini');
    assert.equal(seen().temperature, 0.25);
    const [step] = (await client.steps.list({ agent_id: agentId })).items;
    assert.equal(step?.model, 'gpt-4.1-mini');
    assert.equal(step?.context_window_limit, 16_000);
    await talk.stream(id, { input: 'x', override_model: 'openai/gpt-4.1' });
    assert.equal(seen().model, 'gpt-4.1');
    await talk.stream('default', { input: 'x', agent_id: agentId });
    assert.equal(seen().model, 'mock-model');
    await client.conversations.update(id, { model: 'nowhere/nothing' });
    await assert.rejects(client.conversations.messages.create(id, { input: 'x' }), { status: 404 });
  });

  it('are gone after their deletion together with their own blocks, and what they were busy with is cancelled', async () => {
    const agentId = await newAgent();
    const conversation = await talk.isolate(agentId, ['human']);
    const { id } = conversation;
    stack.mock.script = () => ({ text: 'word '.repeat(400), pieceDelayMs: 50 });
    const started = await talk.start(id, { input: 'long' });
    const queued = await talk.start(id, { input: 'queued', on_busy: 'enqueue' });
    await client.conversations.delete(id);
    for (const run of [started, queued]) await talk.ended(run.runId, 'cancelled');
    await assert.rejects(client.conversations.retrieve(id), { status: 404 });
    await assert.rejects(client.conversations.delete(id), { status: 404 });
    await assert.rejects(client.conversations.messages.create(id, { input: 'x' }), { status: 404 });
    await assert.rejects(client.blocks.retrieve(conversation.isolated_block_ids[0] ?? ''), { status: 404 });
    assert.deepEqual(await client.conversations.list({ agent_id: agentId }), []);
    assert.equal((await client.agents.blocks.retrieve('human', { agent_id: agentId })).label, 'human');
  });
});
