import assert from 'node:assert/strict';
import type { MockReply, WireForm } from '../support/mock-reply.js';
import { modelOf, wireForms } from '../support/models.js';
import { dataOf, framesOf } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';

type Wire = Readonly<Record<string, unknown>>;

const usage = { input: 100, output: 20, cached: 60, cacheWrite: 8, reasoning: 12 };
const calling: MockReply = {
  reasoning: 'They want two things. ',
  text: 'I will look ',
  toolCalls: [
    { name: 'test_tool', args: { text: 'a' }, id: 'call_a' },
    { name: 'test_tool', args: { text: 'b' }, id: 'call_b' },
  ],
  usage,
};
const answering: MockReply = { reasoning: 'Now I know. ', text: 'Here you are.', usage };

describe('token streams', () => {
  const api = useStack();
  const { stack } = api;
  beforeEach(() => {
    stack.testTool = () => Promise.resolve({ status: 'success', value: 'done' });
    stack.mock.script = request => (request.messages.at(-1)?.role === 'tool' ? answering : calling);
  });

  for (const form of wireForms) {
    it(`of ${form} come in V1's order and make up the listed messages, with their otids`, async () => {
      const agentId = await api.newAgent({
        model: modelOf[form],
        tools: ['test_tool'],
        model_settings: parallelOf(form),
      });
      const frames = await framesOf(await api.send(agentId, { input: 'Go', streaming: true, stream_tokens: true }));
      assert.ok(frames.every(frame => frame.name === null));
      assert.equal(frames.at(-1)?.data, '[DONE]');
      const events = frames.slice(0, -1).map(dataOf);
      assert.deepEqual(
        runsOf(events.map(event => String(event['message_type']))),
        [
          'ping',
          ...['reasoning_message', 'assistant_message', 'tool_call_message', 'tool_return_message'],
          ...['reasoning_message', 'assistant_message', 'stop_reason', 'usage_statistics'],
        ],
        'one kind after the other',
      );
      assertSeqRises(events);
      assertCallPieces(events);
      const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(2) as unknown as Wire[];
      assert.deepEqual(joined(events), listed.map(contentOf));
    });

    it(`of ${form}, asked for step by step, are the listed messages whole, in V1's order`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form], tools: ['test_tool'], model_settings: parallelOf(form) });
      const frames = await framesOf(await api.send(agentId, { input: 'Go', streaming: true, stream_tokens: false }));
      assert.ok(frames.every(frame => frame.name === null));
      assert.equal(frames.at(-1)?.data, '[DONE]');
      const events = frames.slice(0, -1).map(dataOf);
      assert.deepEqual(kindsOf(events), [
        ...['reasoning_message', 'assistant_message', 'tool_call_message', 'tool_return_message'],
        ...['reasoning_message', 'assistant_message', 'stop_reason', 'usage_statistics'],
      ]);
      assertSeqRises(events);
      const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(2) as unknown as Wire[];
      assert.deepEqual(whole(events), listed.map(contentOf), 'one event a message, none in pieces');
    });

    it(`of ${form} end with the tokens of all steps, as the steps and the run say them`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form], tools: ['test_tool'] });
      const frames = await framesOf(await api.send(agentId, { input: 'Go', streaming: true, stream_tokens: true }));
      const end: Wire = frames.slice(0, -1).map(dataOf).at(-1) ?? {};
      const { cost, ...last } = end;
      assert.ok(Number(cost) > 0);
      assert.deepEqual(last, {
        message_type: 'usage_statistics',
        completion_tokens: 40,
        prompt_tokens: 200,
        total_tokens: 240,
        step_count: 2,
        run_ids: null,
        cached_input_tokens: 120,
        cache_write_tokens: 16,
        reasoning_tokens: 24,
        context_tokens: 120,
      });
      const run = (await api.letta.runs.list({ agent_id: agentId })).items[0];
      assert.ok(run);
      const steps = (await api.letta.runs.steps.list(run.id)).items as unknown as Wire[];
      for (const step of steps) {
        assert.deepEqual(
          ['prompt_tokens', 'completion_tokens', 'cached_input_tokens', 'cache_write_tokens', 'reasoning_tokens'].map(name => step[name]),
          [100, 20, 60, 8, 12],
        );
      }
      const sums = await api.letta.runs.usage.retrieve(run.id);
      assert.deepEqual(sums.prompt_tokens_details, { cached_tokens: 120, cache_read_tokens: 120, cache_creation_tokens: 16 });
      assert.deepEqual(sums.completion_tokens_details, { reasoning_tokens: 24 });
    });

    it(`of ${form} leave counts open that the provider does not give`, async () => {
      stack.mock.script = () => ({ text: 'Hi.', usage: { input: 3, output: 2 } });
      const agentId = await api.newAgent({ model: modelOf[form] });
      const answer = (await (await api.send(agentId, { input: 'Go' })).json()) as { usage: Wire };
      const unknown = form === 'anthropic' ? 0 : null;
      assert.deepEqual(
        ['prompt_tokens', 'completion_tokens', 'cached_input_tokens', 'cache_write_tokens', 'reasoning_tokens'].map(
          name => answer.usage[name],
        ),
        [3, 2, unknown, unknown, null],
      );
    });
  }

  it('of the demo model come word by word or whole, and make up the listed messages', async () => {
    for (const stream_tokens of [true, false]) {
      const agentId = await api.newAgent({ model: 'perdura/demo' });
      const frames = await framesOf(await api.send(agentId, { input: 'My name is Ada', streaming: true, stream_tokens }));
      assert.equal(frames.at(-1)?.data, '[DONE]');
      const events = frames.slice(0, -1).map(dataOf);
      const kinds = kindsOf(events);
      const once = ['tool_call_message', 'tool_return_message', 'assistant_message', 'stop_reason', 'usage_statistics'];
      assert.deepEqual(stream_tokens ? runsOf(kinds) : kinds, once);
      if (stream_tokens) assert.ok(kinds.filter(kind => kind === 'assistant_message').length > 1, 'the answer comes in pieces');
      assertSeqRises(events);
      const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(2) as unknown as Wire[];
      assert.deepEqual(stream_tokens ? joined(events) : whole(events), listed.map(contentOf));
      assert.match((await api.letta.agents.blocks.retrieve('human', { agent_id: agentId })).value, /Name: Ada/);
    }
  });

  it('of anthropic show withheld reasoning as hidden, streamed as well as listed', async () => {
    stack.mock.script = () => ({ reasoning: 'I see. ', redacted: 'sealed', text: 'Yes.' });
    const agentId = await api.newAgent({ model: modelOf.anthropic });
    const frames = await framesOf(await api.send(agentId, { input: 'Go', streaming: true, stream_tokens: true, include_pings: false }));
    const events = frames.slice(0, -1).map(dataOf);
    const hidden = events.filter(event => event['message_type'] === 'hidden_reasoning_message');
    assert.deepEqual(
      hidden.map(event => [event['state'], event['hidden_reasoning']]),
      [['redacted', 'sealed']],
    );
    const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(2) as unknown as Wire[];
    assert.deepEqual(joined(events), listed.map(contentOf));
  });
});

function parallelOf(form: WireForm): Wire {
  return { provider_type: form === 'anthropic' ? 'anthropic' : 'openai', parallel_tool_calls: true };
}

function kindsOf(events: readonly Wire[]): string[] {
  return events.map(event => String(event['message_type'])).filter(kind => kind !== 'ping');
}

/** The messages of a stream that comes step by step: each event is one. */
function whole(events: readonly Wire[]): Wire[] {
  return events.filter(event => typeof event['otid'] === 'string').map(contentOf);
}

/** Neighbours of one kind count once. */
function runsOf(kinds: readonly string[]): string[] {
  return kinds.filter((kind, index) => kind !== kinds[index - 1]);
}

function assertSeqRises(events: readonly Wire[]): void {
  let last = 0;
  for (const event of events) {
    if (event['message_type'] === 'ping' || typeof event['seq_id'] !== 'number') continue;
    assert.ok(event['seq_id'] > last);
    last = event['seq_id'];
  }
}

/** Every piece of a call has its name and id; the arguments come in pieces. */
function assertCallPieces(events: readonly Wire[]): void {
  const pieces = events
    .filter(event => event['message_type'] === 'tool_call_message')
    .map(event => event['tool_calls'] as { name: string; arguments: string; tool_call_id: string });
  for (const [id, text] of [
    ['call_a', '{"text":"a"}'],
    ['call_b', '{"text":"b"}'],
  ] as const) {
    const own = pieces.filter(piece => piece.tool_call_id === id);
    assert.ok(own.every(piece => piece.name === 'test_tool'));
    assert.equal(own.map(piece => piece.arguments).join(''), text);
  }
  assert.ok(pieces.every(piece => piece.tool_call_id !== ''));
}

/** What a wire message says, without what only a stream or only a list has. */
function contentOf(message: Wire): Wire {
  const { message_type: type, id, otid, step_id } = message;
  const calls = message['tool_calls'] as readonly { name: string; arguments: string; tool_call_id: string }[] | undefined;
  return {
    type,
    id,
    otid,
    step_id,
    said: message['content'] ?? message['reasoning'] ?? message['hidden_reasoning'] ?? message['tool_return'] ?? null,
    calls: (calls ?? []).map(call => [call.tool_call_id, call.name, call.arguments]),
  };
}

/** The pieces of a stream, joined as clients do: by id and otid. */
function joined(events: readonly Wire[]): Wire[] {
  const messages = new Map<string, Wire>();
  for (const event of events) {
    if (typeof event['otid'] !== 'string') continue;
    const key = `${String(event['id'])} ${event['otid']}`;
    const before = messages.get(key);
    messages.set(key, before === undefined ? firstOf(event) : join(before, event));
  }
  return [...messages.values()].map(contentOf);
}

function firstOf(event: Wire): Wire {
  const piece = event['tool_calls'];
  return { ...event, ...(piece === undefined || Array.isArray(piece) ? {} : { tool_calls: [piece] }) };
}

function join(before: Wire, event: Wire): Wire {
  const text = (name: string) => (typeof event[name] === 'string' ? { [name]: `${before[name] as string}${event[name]}` } : {});
  const piece = event['tool_calls'] as { arguments: string; tool_call_id: string } | undefined;
  if (piece === undefined) return { ...before, ...text('content'), ...text('reasoning') };
  const calls = before['tool_calls'] as readonly { arguments: string; tool_call_id: string }[];
  const isKnown = calls.some(call => call.tool_call_id === piece.tool_call_id);
  const next = calls.map(call =>
    call.tool_call_id === piece.tool_call_id ? { ...call, arguments: call.arguments + piece.arguments } : call,
  );
  return { ...before, tool_calls: isKnown ? next : [...next, piece] };
}
