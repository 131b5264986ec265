import assert from 'node:assert/strict';
import { runItems } from '../../src/api/streams/run-items.js';
import { textOf } from '../support/mock-openai.js';
import { allSse, kindsOf, readSse } from '../support/read-sse.js';
import type { WireData, WireEvent } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';

const dataOf = (events: readonly WireEvent[]): WireData[] => events.flatMap(({ data }) => (data === '[DONE]' ? [] : [data]));

describe('streams on the wire', () => {
  const client = useStack();
  const { stack } = client;

  const stream = (agentId: string, body: object): Promise<Response> => client.send(agentId, { input: 'Go', streaming: true, ...body });
  const follow = (runId: string, body: object = {}): Promise<Response> =>
    fetch(`${stack.url}/v1/runs/${runId}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const runOf = (events: readonly WireEvent[]): string => dataOf(events)[0]?.run_id ?? '';

  it('begin with a ping that names the run, and end with stop reason, usage and the mark', async () => {
    stack.mock.script = () => ({ text: 'one two' });
    for (const stream_tokens of [true, false]) {
      const response = await stream(await client.newAgent(), { stream_tokens });
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      const events = await allSse(response);
      const [first] = dataOf(events);
      assert.equal(first?.message_type, 'ping');
      assert.match(first.run_id ?? '', /^run-/);
      assert.equal(first.seq_id, null);
      assert.deepEqual(kindsOf(events).slice(-3), ['stop_reason', 'usage_statistics', '[DONE]']);
      assert.ok(events.every(event => event.name === null));
    }
  });

  it('tell a failure as an event of the name error after the stop reason', async () => {
    stack.mock.script = () => ({ error: { status: 401, body: { error: { message: 'bad key' } } } });
    const events = await allSse(await stream(await client.newAgent(), {}));
    assert.deepEqual(kindsOf(events), ['stop_reason', 'error_message', '[DONE]']);
    const failure = events.find(event => event.name === 'error');
    assert.ok(failure !== undefined && failure.data !== '[DONE]');
    assert.equal(failure.data['error_type'], 'llm_authentication');
    assert.equal(failure.data.run_id, runOf(events));
  });

  it('end with the stop reason alone when the run was cancelled', async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>(resolve => (asked = resolve));
    stack.mock.script = () => {
      asked();
      return { text: 'word '.repeat(400), pieceDelayMs: 20 };
    };
    const agentId = await client.newAgent();
    const response = await stream(agentId, { stream_tokens: true });
    await isAsked;
    await client.letta.agents.messages.cancel(agentId);
    const events = await allSse(response);
    assert.deepEqual(kindsOf(events).slice(-2), ['stop_reason', '[DONE]']);
    assert.equal(dataOf(events).at(-1)?.['stop_reason'], 'cancelled');
  });

  it('show only the types that are asked for, in every mode and when they are resumed', async () => {
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Noted.' }
        : { text: 'Let me see.', toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'tea' } }] };
    const wanted = { include_return_message_types: ['tool_return_message'] };
    const ends = ['stop_reason', 'usage_statistics', '[DONE]'];
    for (const stream_tokens of [true, false]) {
      const events = await allSse(await stream(await client.newAgent(), { stream_tokens, ...wanted }));
      assert.deepEqual(kindsOf(events), ['tool_return_message', ...ends]);
      assert.deepEqual(kindsOf(await allSse(await follow(runOf(events)))), ['tool_return_message', ...ends]);
    }
    const answer = (await (await client.send(await client.newAgent(), { input: 'Go', ...wanted })).json()) as { messages: WireData[] };
    assert.deepEqual(
      answer.messages.map(message => message.message_type),
      ['tool_return_message'],
    );
  });

  it('are resumed in the mode that they were asked for', async () => {
    stack.mock.script = () => ({ text: 'a b c', pieceDelayMs: 5 });
    for (const stream_tokens of [true, false]) {
      const events = await allSse(await stream(await client.newAgent(), { stream_tokens, background: true }));
      const again = await allSse(await follow(runOf(events), { include_pings: false, poll_interval: 0.1, batch_size: 10 }));
      assert.deepEqual(again, events.slice(1));
    }
  });

  it('carry the last number in the pings that come when nothing else does', async () => {
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>(resolve => (release = resolve));
    let calls = 0;
    stack.mock.script = async () => {
      calls += 1;
      if (calls === 1) return { text: 'Wait.', toolCalls: [{ name: 'conversation_search', args: { query: 'x' } }] };
      await isReleased;
      return { text: 'Here.' };
    };
    const run = await client.letta.agents.messages.createAsync(await client.newAgent(), { input: 'Go' });
    const request = {
      runId: run.id,
      presentation: {
        textIsAssistantMessage: true,
        useAssistantMessage: false,
        assistantMessageToolName: 'send_message',
        assistantMessageToolKwarg: 'message',
      },
      mode: 'steps' as const,
      includeTypes: null,
      startingAfter: 0,
      includePings: true,
      follow: true,
    };
    const seen: WireData[] = [];
    for await (const item of runItems({ events: stack.backend.events, keepaliveMs: 30 }, request, new AbortController().signal)) {
      const data = item.data as WireData;
      if (data.message_type === 'ping' && seen.at(-1)?.message_type === 'tool_return_message') {
        assert.equal(data.seq_id, seen.at(-1)?.seq_id);
        release();
      }
      if (data.message_type !== 'ping') seen.push(data);
    }
    assert.equal(seen.at(-1)?.message_type, 'usage_statistics');
  });

  it('return at once what is there when they are not to follow', async () => {
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>(resolve => (release = resolve));
    stack.mock.script = async () => {
      await isReleased;
      return { text: 'late' };
    };
    const run = await client.letta.agents.messages.createAsync(await client.newAgent(), { input: 'Go' });
    assert.deepEqual(kindsOf(await allSse(await follow(run.id, { follow: false }))), []);
    release();
    await allSse(await follow(run.id));
    const rest = kindsOf(await allSse(await follow(run.id, { follow: false })));
    assert.deepEqual([rest[0], rest.at(-1)], ['assistant_message', '[DONE]']);
  });

  it('answer 404 for a run that does not exist', async () => {
    const response = await follow('run-00000000-0000-4000-8000-000000000000');
    assert.equal(response.status, 404);
  });

  it('say that they are incomplete when the agent is deleted meanwhile, and leave no reader behind', async () => {
    stack.mock.script = () => ({ text: 'word '.repeat(400), pieceDelayMs: 20 });
    const agentId = await client.newAgent();
    const response = await stream(agentId, { stream_tokens: true });
    const events: WireEvent[] = [];
    for await (const event of readSse(response)) {
      events.push(event);
      if (events.length === 3) await client.letta.agents.delete(agentId);
    }
    assert.deepEqual(kindsOf(events).slice(-3), ['stop_reason', 'error_message', '[DONE]']);
    assert.equal(dataOf(events).at(-1)?.['error_type'], 'stream_incomplete');
    assert.equal(stack.backend.events.readerCount(), 0);
  });

  describe('of a run whose context is compacted', () => {
    async function fullAgent(): Promise<string> {
      const agentId = await client.newAgent();
      stack.mock.script = () => ({ text: 'noted' });
      for (let index = 0; index < 3; index += 1) await client.letta.agents.messages.create(agentId, { input: `fact ${index}` });
      let overflows = 0;
      stack.mock.script = request => {
        if (textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'They told me facts.' };
        overflows += 1;
        if (overflows > 1) return { text: 'I remember.' };
        const message = "This model's maximum context length is 10 tokens";
        return { error: { status: 400, body: { error: { message, code: 'context_length_exceeded' } } } };
      };
      return agentId;
    }

    it('tell of it by an event and a summary when the client wants that', async () => {
      for (const stream_tokens of [true, false]) {
        const events = await allSse(await stream(await fullAgent(), { stream_tokens, include_compaction_messages: true }));
        assert.deepEqual(kindsOf(events).slice(0, 3), ['event_message', 'summary_message', 'assistant_message']);
        const [, event, summary] = dataOf(events);
        assert.equal(event?.['event_type'], 'compaction');
        const data = event['event_data'] as Record<string, unknown>;
        assert.equal(data['trigger'], 'context_window_exceeded');
        assert.ok(typeof data['context_token_estimate'] === 'number' && typeof data['context_window'] === 'number');
        assert.equal(summary?.['summary'], 'They told me facts.');
        assert.equal((summary['compaction_stats'] as Record<string, unknown>)['trigger'], 'context_window_exceeded');
        assert.match(String(summary['otid']), /[08]0$/);
        assert.deepEqual([event.seq_id, summary.seq_id], [1, 2]);
        assert.deepEqual(kindsOf(await allSse(await follow(runOf(events)))), kindsOf(events));
      }
    });

    it('show the summary as a user message when it does not', async () => {
      const events = await allSse(await stream(await fullAgent(), { stream_tokens: true }));
      assert.deepEqual(kindsOf(events).slice(0, 2), ['user_message', 'assistant_message']);
      assert.match(dataOf(events)[1]?.content ?? '', /^\{.*They told me facts/s);
    });

    it('and blocking answers show it so whatever is asked for', async () => {
      const response = await client.send(await fullAgent(), { input: 'Go', include_compaction_messages: true });
      const { messages } = (await response.json()) as { messages: WireData[] };
      assert.deepEqual(
        messages.map(message => message.message_type),
        ['user_message', 'assistant_message'],
      );
    });
  });
});
