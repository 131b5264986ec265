import assert from 'node:assert/strict';
import { textOf } from '../support/mock-openai.js';
import type { MockRequest } from '../support/mock-openai.js';
import type { SeenRequest } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

interface Settings {
  readonly model: string;
  readonly prompt: string;
  readonly mode: string;
  readonly sliding_window_percentage: number;
}

const isSummaryRequest = ({ messages }: MockRequest): boolean => textOf(messages.at(-1)).startsWith('<start_transcript>');

describe('the settings of compaction', () => {
  const client = useStack();
  const { stack } = client;

  beforeEach(() => {
    stack.mock.script = request => ({ text: isSummaryRequest(request) ? 'They counted up to ten.' : 'ok' });
  });

  const call = async (method: string, path: string, body: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  /** An agent with a talk of ten messages beside the system message. */
  const talker = async (settings: object | null): Promise<string> => {
    const agentId = await client.newAgent({ include_base_tools: false, initial_message_sequence: [], compaction_settings: settings });
    for (const input of ['one', 'two', 'three', 'four', 'five']) await client.letta.agents.messages.create(agentId, { input });
    return agentId;
  };
  const compact = async (agentId: string, settings?: object): Promise<{ summary: string; after: number; seen: SeenRequest }> => {
    const { status, body } = await call(
      'POST',
      `/v1/agents/${agentId}/summarize`,
      settings === undefined ? {} : { compaction_settings: settings },
    );
    assert.equal(status, 200, JSON.stringify(body));
    const { summary, num_messages_after: after } = body as { summary: string; num_messages_after: number };
    const seen = stack.mock.seen.at(-1);
    assert.ok(seen !== undefined && isSummaryRequest(seen.request));
    return { summary, after, seen };
  };
  const settingsOf = async (agentId: string): Promise<Settings | null> =>
    (await client.letta.agents.retrieve(agentId)).compaction_settings as Settings | null;

  it('say which model summarizes, how it is called, by which prompt, and how long the summary may be', async () => {
    const agentId = await talker({
      model: 'openai/gpt-4.1',
      model_settings: { provider_type: 'openai', temperature: 0.25, max_output_tokens: 77 },
      prompt: 'Sum it up.',
      prompt_acknowledgement: true,
      clip_chars: 12,
    });
    const { summary, seen } = await compact(agentId);
    assert.equal(summary, 'They counted... [summary truncated to fit]');
    const { body, request } = seen;
    assert.deepEqual([body['model'], body['temperature'], body['max_completion_tokens'] ?? body['max_tokens']], ['gpt-4.1', 0.25, 77]);
    assert.deepEqual(
      request.messages.map(message => message.role),
      ['system', 'assistant', 'user'],
    );
    assert.equal(textOf(request.messages[0]), 'Sum it up.');
  });

  it("fall back to the agent's own model where nobody serves the one that they name", async () => {
    const { seen, summary } = await compact(await talker({ model: 'letta/auto' }));
    assert.equal(seen.body['model'], 'mock-model');
    assert.equal(summary, 'They counted up to ten.');
  });

  it('say how much goes: a share of the messages, or all of them', async () => {
    const small = await compact(await talker({ sliding_window_percentage: 0.2 }));
    const large = await compact(await talker({ sliding_window_percentage: 0.6 }));
    assert.ok(large.after < small.after, `${large.after} < ${small.after}`);
    const all = await compact(await talker({ mode: 'all' }));
    assert.equal(all.after, 2);
    assert.match(textOf(all.seen.request.messages[0]), /^Now: /m);
    assert.doesNotMatch(textOf(small.seen.request.messages[0]), /^Now: /m);
  });

  it('hold for compactions that the context makes necessary', async () => {
    const agentId = await talker({ mode: 'all', prompt: 'Only the numbers.' });
    let isFull = true;
    stack.mock.script = request => {
      if (isSummaryRequest(request)) return { text: textOf(request.messages[0]) };
      const error = { status: 400, body: { error: { code: 'context_length_exceeded', message: 'This is too long' } } };
      return isFull && !(isFull = false) ? { error } : { text: `${request.messages.length} messages` };
    };
    const { messages } = await client.letta.agents.messages.create(agentId, { input: 'six' });
    assert.match(JSON.stringify(messages), /3 messages/, 'what the user has said last stays');
    assert.match(textOf(stack.mock.seen.at(-1)?.request.messages[1]), /Only the numbers\./);
  });

  it("are those of the agent, member by member under the request's own", async () => {
    const agentId = await talker({ mode: 'all', prompt: 'Briefly.' });
    const { after, seen } = await compact(agentId, { mode: 'sliding_window', sliding_window_percentage: 0.2 });
    assert.ok(after > 2);
    assert.match(textOf(seen.request.messages[0]), /^You keep the memory/, 'the prompt was that of the other mode');
    assert.deepEqual([(await settingsOf(agentId))?.mode, (await settingsOf(agentId))?.prompt], ['all', 'Briefly.']);
    await call('PATCH', `/v1/agents/${agentId}`, { compaction_settings: { sliding_window_percentage: 0.5 } });
    const changed = await settingsOf(agentId);
    assert.deepEqual([changed?.mode, changed?.prompt, changed?.sliding_window_percentage], ['all', 'Briefly.', 0.5]);
  });

  it('let the agent write its summary itself, as the next message of what it sees, with its tools', async () => {
    for (const [mode, after] of [
      ['self_compact_all', 2],
      ['self_compact_sliding_window', 5],
    ] as const) {
      stack.mock.script = () => ({ text: 'ok' });
      const agentId = await talker({ mode });
      stack.mock.script = () => ({ text: 'I counted up to ten.' });
      const asked = stack.mock.seen.length;
      const { status, body } = await call('POST', `/v1/agents/${agentId}/summarize`, {});
      assert.equal(status, 200, JSON.stringify(body));
      const [seen, ...more] = stack.mock.seen.slice(asked);
      assert.deepEqual(more, []);
      assert.ok(seen);
      const texts = seen.request.messages.map(textOf);
      assert.deepEqual(texts.slice(1, 3), ['one', 'ok']);
      assert.match(texts.at(-1) ?? '', /^\[This is an automated system message hidden from the user\]/);
      assert.equal(seen.request.messages.at(-2)?.role, 'assistant');
      const result = body as { summary: string; num_messages_after: number };
      assert.equal(result.summary, 'I counted up to ten.');
      assert.ok(mode === 'self_compact_all' ? result.num_messages_after === after : result.num_messages_after >= after);
    }
  });

  it('fall back to a summarizer where the agent itself fails, stage by stage', async () => {
    const agentId = await talker({ mode: 'self_compact_all', prompt: 'Sum yourself up.' });
    const stages: string[] = [];
    stack.mock.script = request => {
      const first = textOf(request.messages[0]);
      const last = textOf(request.messages.at(-1));
      stages.push(
        first.startsWith('You keep the memory') ? 'all' : last === 'Sum yourself up.' ? `self ${request.messages.length}` : 'other',
      );
      if (stages.at(-1) === 'all') return { text: 'They counted.' };
      return { error: { status: 400, body: { error: { message: 'I cannot.' } } } };
    };
    const { status, body } = await call('POST', `/v1/agents/${agentId}/summarize`, {});
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual((body as { summary: string }).summary, 'They counted.');
    assert.equal(stages.length, 3);
    assert.ok(stages[0]?.startsWith('self') && stages[1]?.startsWith('self') && stages[0] !== stages[1]);
    assert.equal(stages[2], 'all');
  });

  it("are shown with all of V1's members, and not at all where an agent has none", async () => {
    assert.equal(await settingsOf(await client.newAgent()), null);
    const settings = await settingsOf(await client.newAgent({ compaction_settings: {} }));
    assert.match(settings?.prompt ?? '', /^You keep the memory/);
    assert.deepEqual(
      { ...settings, prompt: '' },
      {
        model: 'openai/mock-model',
        model_settings: null,
        prompt: '',
        prompt_acknowledgement: false,
        clip_chars: 50_000,
        mode: 'sliding_window',
        sliding_window_percentage: 0.3,
      },
    );
  });

  it('are refused where they are wrong, and change nothing', async () => {
    const agentId = await client.newAgent({ compaction_settings: { model: 'letta/auto' } });
    const before = await settingsOf(agentId);
    const places: readonly [string, string, object][] = [
      ['POST', '/v1/agents/', { model: 'openai/mock-model' }],
      ['PATCH', `/v1/agents/${agentId}`, { name: 'other' }],
      ['POST', `/v1/agents/${agentId}/summarize`, {}],
      ['POST', `/v1/conversations/default/compact`, { agent_id: agentId }],
    ];
    for (const [method, path, body] of places) {
      for (const wrong of [{ mode: 'some' }, { sliding_window_percentage: 2 }, { clip_chars: -1 }]) {
        assert.equal((await call(method, path, { ...body, compaction_settings: wrong })).status, 422, path);
      }
    }
    assert.deepEqual(await settingsOf(agentId), before);
    assert.notEqual((await client.letta.agents.retrieve(agentId)).name, 'other');
  });
});
