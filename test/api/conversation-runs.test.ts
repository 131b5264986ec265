import assert from 'node:assert/strict';
import { until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import type { MockRequest } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

const lastText = (request: MockRequest): string => textOf(request.messages.findLast(message => message.role === 'user'));

describe('runs of conversations by the official SDK', () => {
  const { stack, letta: client, newAgent, talk } = useStack();

  const newConversation = async (agentId: string): Promise<string> => (await client.conversations.create({ agent_id: agentId })).id;

  /** The model waits until it is released; `seen` = what it was asked meanwhile. */
  function gate(): { release: () => void; readonly seen: string[] } {
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const opened = new Promise<void>(resolve => {
      release = resolve;
    });
    stack.mock.script = async request => {
      seen.push(lastText(request));
      await opened;
      return { text: 'late' };
    };
    return { release: () => release(), seen };
  }

  it('refuse a second stream with 409 and the busy run, and take the next one after the end, also after an error', async () => {
    const id = await newConversation(await newAgent());
    const { release } = gate();
    const first = await talk.start(id, { input: 'one' });
    await assert.rejects(talk.stream(id, { input: 'two' }), (error: { status?: number; error?: unknown }) => {
      assert.equal(error.status, 409);
      const body = error.error as { detail: string; run_id: string };
      assert.match(body.detail, /^CONFLICT: Cannot send a new message: Another request/);
      assert.equal(body.run_id, first.runId);
      return true;
    });
    release();
    await first.events;
    stack.mock.script = () => ({ error: { status: 400, body: { error: { message: 'no' } } } });
    await assert.rejects(talk.stream(id, { input: 'fails' }), /LLM provider failed/);
    stack.mock.script = () => ({ text: 'fine' });
    assert.ok((await talk.stream(id, { input: 'three' })).some(event => event.content === 'fine'));
  });

  it('of a conversation never overlap, of two conversations of one agent they do', async () => {
    const agentId = await newAgent();
    const [one, two] = [await newConversation(agentId), await newConversation(agentId)];
    const { release, seen } = gate();
    const runs = [
      await talk.start(one, { input: 'one' }),
      await talk.start(two, { input: 'two' }),
      await talk.start('default', { input: 'own', agent_id: agentId }),
    ];
    const waiting = talk.block(one, { input: 'behind one' });
    while (seen.length < 3) await new Promise(resolve => setTimeout(resolve, 20));
    assert.deepEqual([...seen].sort(), ['one', 'own', 'two'], 'three conversations at once, and none of them twice');
    release();
    await Promise.all(runs.map(run => run.events));
    assert.equal((await waiting).stop_reason.stop_reason, 'end_turn');
    assert.equal(seen.at(-1), 'behind one');
  });

  it('answer a repeated otid with the same run, during it and afterwards, and only in their own conversation', async () => {
    const agentId = await newAgent();
    const [one, two] = [await newConversation(agentId), await newConversation(agentId)];
    const { release } = gate();
    const body = { messages: [{ role: 'user', content: 'once', otid: 'my-otid' }], background: true };
    const first = await talk.start(one, body);
    const second = await talk.start(one, body);
    assert.equal(second.runId, first.runId);
    const elsewhere = await talk.start(two, body);
    assert.notEqual(elsewhere.runId, first.runId);
    release();
    await Promise.all([first, second, elsewhere].map(run => run.events));
    assert.equal((await talk.start(one, body)).runId, first.runId);
  });

  it('are streamed again by run, by otid, and the newest that is active', async () => {
    const agentId = await newAgent();
    const id = await newConversation(agentId);
    const resume = async (path: string, body: object) => {
      const events: unknown[] = [];
      for await (const event of await client.conversations.messages.stream(path, { include_pings: false, ...body })) events.push(event);
      return events as { message_type: string; run_id?: string; seq_id?: number }[];
    };
    await assert.rejects(resume(id, {}), (error: { status?: number; message?: string }) => {
      assert.equal(error.status, 400);
      assert.match(error.message ?? '', /No active runs found for this conversation/);
      return true;
    });
    const { release } = gate();
    const run = await talk.start(id, { messages: [{ role: 'user', content: 'x', otid: 'resume-me' }], background: true });
    const active = resume(id, {});
    const byOtid = resume(id, { otid: 'resume-me' });
    await new Promise(resolve => setTimeout(resolve, 100));
    release();
    const events = await run.events;
    const told = events.filter(event => event.message_type !== 'ping').map(event => event.message_type);
    for (const read of [await active, await byOtid, await resume(id, { run_id: run.runId })]) {
      assert.deepEqual(
        read.map(event => event.message_type),
        told,
      );
    }
    const lastSeq = Math.max(...events.map(event => event.seq_id ?? 0));
    const tail = await resume(id, { run_id: run.runId, starting_after: lastSeq });
    assert.ok(tail.every(event => event.message_type !== 'assistant_message'));
    await assert.rejects(resume(id, { otid: 'unknown' }), { status: 404 });
    await assert.rejects(resume(id, { run_id: 'run-00000000-0000-4000-8000-000000000000' }), { status: 404 });
    await assert.rejects(resume('default', { agent_id: agentId, run_id: run.runId }), { status: 404 });
  });

  it('are cancelled by conversation, and 409 says when there is none', async () => {
    const agentId = await newAgent();
    const [one, two] = [await newConversation(agentId), await newConversation(agentId)];
    stack.mock.script = () => ({ text: 'word '.repeat(400), pieceDelayMs: 50 });
    const [first, second] = [await talk.start(one, { input: 'x' }), await talk.start(two, { input: 'x' })];
    assert.deepEqual(await client.conversations.cancel(one), { [first.runId]: 'cancelled' });
    await talk.ended(first.runId, 'cancelled');
    await until(async () => (await client.runs.retrieve(second.runId)).status === 'running');
    await assert.rejects(client.conversations.cancel(one), { status: 409 });
    await assert.rejects(client.conversations.cancel('default', { agent_id: agentId }), { status: 409 });
    await client.conversations.cancel(two);
    assert.equal((await second.events).filter(event => event.stop_reason === 'cancelled').length, 1);
  });

  it('read and edit the blocks that the conversation has for itself, and leave the shared ones alone', async () => {
    const agentId = await newAgent({
      memory_blocks: [
        { label: 'human', value: 'Likes tea' },
        { label: 'persona', value: 'Kind' },
      ],
    });
    const conversation = await talk.isolate(agentId, ['human']);
    const [blockId = ''] = conversation.isolated_block_ids;
    assert.equal((await client.blocks.retrieve(blockId)).value, 'Likes tea');
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Noted.' }
        : {
            toolCalls: [{ name: 'memory_insert', args: { label: lastText(request), new_string: `by ${lastText(request)}` } }],
          };
    await talk.stream(conversation.id, { input: 'human' });
    await talk.stream(conversation.id, { input: 'persona' });
    const shared = async (label: string) => (await client.agents.blocks.retrieve(label, { agent_id: agentId })).value;
    assert.equal(await shared('human'), 'Likes tea');
    assert.match(await shared('persona'), /by persona/);
    assert.match((await client.blocks.retrieve(blockId)).value, /Likes tea[\s\S]*by human/);
    const systemOf = async (id: string, body: object) => {
      stack.mock.script = () => ({ text: 'ok' });
      await talk.stream(id, { input: 'look', ...body });
      return textOf(stack.mock.seen.at(-1)?.request.messages[0]);
    };
    assert.match(await systemOf(conversation.id, {}), /by human[\s\S]*by persona/);
    const own = await systemOf('default', { agent_id: agentId });
    assert.doesNotMatch(own, /by human/);
    assert.match(own, /Likes tea[\s\S]*by persona/);
    await client.blocks.update(blockId, { value: 'Set by a user' });
    assert.match(await systemOf(conversation.id, {}), /Set by a user/);
    await client.agents.delete(agentId);
    await assert.rejects(client.blocks.retrieve(blockId), { status: 404 });
  });
});
