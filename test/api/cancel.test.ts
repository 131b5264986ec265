import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { createGate, until } from '../support/gate.js';
import type { Gate } from '../support/gate.js';
import type { MockReply, SeenRequest } from '../support/mock-openai.js';
import { dataOf, framesOf, kindsOf } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory, userTexts } from '../support/valid-history.js';

const said = 'one two three ';
const callsTool: MockReply = { text: said, toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
const modes = ['blocking', 'streaming', 'background'] as const;
type Mode = (typeof modes)[number];

/** What the client of the cancelled run got: its texts, and why the run stopped, as often as it was told. */
interface Told {
  readonly texts: readonly string[];
  readonly stops: readonly unknown[];
}

interface CancelledRun {
  readonly agentId: string;
  readonly runId: string;
}

interface Moment {
  readonly name: string;
  readonly reply: MockReply;
  /** Nothing of the answer comes while it is closed. */
  readonly isHeldBack?: true;
  /** Resolves when the run has come to the moment. */
  readonly reached: (run: CancelledRun) => Promise<unknown>;
  /** Once the run has ended. */
  readonly after?: (run: CancelledRun) => Promise<void> | void;
  readonly connection: 'answered' | 'left';
  /** What the run leaves in the history behind its input. */
  readonly kept: readonly string[];
}

describe('a cancel', () => {
  const api = useStack();
  const { stack } = api;
  let gate: Gate;
  let toolSignal: AbortSignal | null;
  let toolCalls: number;
  beforeEach(() => {
    gate = createGate();
    toolSignal = null;
    toolCalls = 0;
    stack.testTool = (_call, _args, signal) => {
      toolCalls += 1;
      toolSignal = signal;
      return new Promise(resolve => signal.addEventListener('abort', () => resolve({ status: 'success', value: 'too late' })));
    };
  });
  afterEach(() => {
    gate.open();
    stack.testTool = () => Promise.resolve({ status: 'success', value: 'done' });
  });

  const post = async (path: string): Promise<void> => assert.equal((await fetch(`${stack.url}${path}`, { method: 'POST' })).status, 200);

  const moments: readonly Moment[] = [
    {
      name: 'before the first byte of an answer',
      reply: {},
      isHeldBack: true,
      reached: () => Promise.resolve(),
      connection: 'left',
      kept: [],
    },
    {
      name: 'in the middle of an answer',
      reply: { text: `${said}four five`, holdAfter: 3 },
      reached: ({ runId }) => api.untilStreamed(runId, said),
      connection: 'left',
      kept: ['assistant_message'],
    },
    {
      name: 'while a tool runs',
      reply: callsTool,
      reached: () => until(() => toolSignal !== null),
      after: () => assert.equal(toolSignal?.aborted, true, 'the tool was told to stop'),
      connection: 'answered',
      kept: ['assistant_message', 'tool_call_message', 'tool_return_message'],
    },
    {
      name: 'between two steps, where the agent is paused',
      reply: callsTool,
      reached: async ({ agentId, runId }) => {
        stack.testTool = async () => {
          toolCalls += 1;
          await post(`/v1/agents/${agentId}/pause`);
          return { status: 'success', value: 'done' };
        };
        gate.open();
        await until(async () => (await api.letta.runs.steps.list(runId)).items[0]?.status === 'success');
      },
      isHeldBack: true,
      after: ({ agentId }) => post(`/v1/agents/${agentId}/resume`),
      connection: 'answered',
      kept: ['assistant_message', 'tool_call_message', 'tool_return_message'],
    },
    {
      name: 'at the end of a step, when nobody but its row tells of it',
      reply: callsTool,
      reached: async ({ runId }) => {
        stack.testTool = async () => {
          toolCalls += 1;
          await stack.backend.lifecycle.requestCancel([runId]);
          return { status: 'success', value: 'done' };
        };
        gate.open();
        await api.readRun(runId);
      },
      isHeldBack: true,
      connection: 'answered',
      kept: ['assistant_message', 'tool_call_message', 'tool_return_message'],
    },
  ];

  for (const moment of moments) {
    for (const mode of modes) {
      it(`${moment.name} ends a ${mode} run, keeps what it has done, and leaves the agent usable`, async () => {
        const before = stack.mock.seen.length;
        stack.mock.script = async () => {
          if (moment.isHeldBack) await gate.opened;
          return moment.reply;
        };
        const agentId = await api.newAgent({ tools: ['test_tool'] });
        const told = start(mode, agentId);
        await until(() => stack.mock.seen.length > before);
        const request = stack.mock.seen[before];
        const [open] = (await api.letta.runs.list({ agent_id: agentId })).items;
        assert.ok(request && open);
        const run = { agentId, runId: open.id };
        await moment.reached(run);
        await cancelTwice(run);
        assert.equal(await request.closed, moment.connection);
        const { texts, stops } = await told;
        await moment.after?.(run);
        assert.deepEqual(stops, ['cancelled']);
        assert.deepEqual(texts.join(''), moment.kept.length > 0 ? said : '');
        await assertCancelled(run, moment);
        assert.equal(stack.mock.seen.length, before + 1, 'no later step has begun');
        assert.equal(toolCalls, moment.kept.includes('tool_call_message') ? 1 : 0);
        await assertUsable(agentId);
      });
    }
  }

  it('of a call that counts as lost but still speaks keeps what was shown up to then, and shows no more', async () => {
    stack.mock.script = () => ({ text: 'word '.repeat(400), pieceDelayMs: 20 });
    const agentId = await api.newAgent();
    const { id: runId } = await api.letta.agents.messages.createAsync(agentId, { input: 'first' });
    await api.untilStreamed(runId, 'word word ');
    // As by a worker that has taken the run over, while the one before goes on.
    await stack.backend.lifecycle.requestCancel([runId]);
    await stack.backend.stepCommits.closeOpenStep(runId, { stopReason: 'cancelled', error: null });
    assert.equal(await stack.mock.seen.at(-1)?.closed, 'left');
    const shown = (await api.readRun(runId)).map(event => event.content ?? '').join('');
    assert.match(shown, /^(word )+$/);
    const listed = (await api.letta.runs.messages.list(runId, { order: 'asc' })).items.map(contentOf);
    assert.deepEqual(listed, ['first', shown]);
    assert.equal((await api.letta.runs.retrieve(runId)).status, 'cancelled');
    await assertUsable(agentId);
  });

  /** Sends a message, and tells what came of it once it has come. */
  async function start(mode: Mode, agentId: string): Promise<Told> {
    if (mode === 'background') {
      const run = await api.letta.agents.messages.createAsync(agentId, { input: 'first' });
      const events = await api.readRun(run.id);
      assert.equal(events.at(-1)?.message_type, 'stop_reason', 'nothing comes behind the end');
      return toldBy(events);
    }
    if (mode === 'streaming') {
      const frames = await framesOf(await api.send(agentId, { input: 'first', streaming: true, stream_tokens: true }));
      assert.deepEqual(kindsOf(frames).slice(-2), ['stop_reason', '[DONE]'], 'nothing comes behind the end');
      return toldBy(frames.slice(0, -1).map(dataOf));
    }
    const response = await api.send(agentId, { input: 'first' });
    assert.equal(response.status, 200);
    const body = (await response.json()) as { messages: { message_type: string }[]; stop_reason: { message_type: string } };
    return toldBy([...body.messages, body.stop_reason]);
  }

  function toldBy(events: readonly { readonly message_type: string }[]): Told {
    return {
      texts: events.filter(event => event.message_type === 'assistant_message').map(event => String(contentOf(event))),
      stops: events.flatMap(event => (event.message_type === 'stop_reason' && 'stop_reason' in event ? [event.stop_reason] : [])),
    };
  }

  /** At once, and then again: the second changes nothing. */
  async function cancelTwice({ agentId, runId }: CancelledRun): Promise<void> {
    const cancel = () => api.letta.agents.messages.cancel(agentId, { run_ids: [runId] });
    assert.deepEqual(await Promise.all([cancel(), cancel()]), [{ [runId]: 'cancelled' }, { [runId]: 'cancelled' }]);
    const { completed_at: completedAt } = await api.letta.runs.retrieve(runId);
    assert.ok(completedAt, 'the answer to a cancel comes when the run has ended');
    assert.deepEqual(await cancel(), { [runId]: 'cancelled' });
    assert.equal((await api.letta.runs.retrieve(runId)).completed_at, completedAt);
  }

  async function assertCancelled({ agentId, runId }: CancelledRun, { kept }: Moment): Promise<void> {
    const run = await api.letta.runs.retrieve(runId);
    assert.deepEqual([run.status, run.stop_reason], ['cancelled', 'cancelled']);
    const steps = (await api.letta.runs.steps.list(runId)).items;
    assert.deepEqual(
      steps.map(step => step.status === 'pending'),
      [false],
    );
    const listed = (await api.letta.runs.messages.list(runId, { order: 'asc' })).items;
    assert.deepEqual(
      listed.map(message => message.message_type),
      ['user_message', ...kept],
    );
    assert.deepEqual(
      listed.filter(message => message.message_type === 'assistant_message').map(contentOf),
      kept.length > 0 ? [said] : [],
      'what the stream has shown is listed',
    );
    const outside = await stack.backend.database.query(
      'select m.id from messages m left join conversation_messages cm on cm.message_id = m.id where m.agent_id = $1 and cm.message_id is null',
      [agentId],
    );
    assert.deepEqual(outside, [], 'what is kept is in the context');
  }

  async function assertUsable(agentId: string): Promise<void> {
    stack.mock.script = () => ({ text: 'Next.' });
    assert.equal((await api.send(agentId, { input: 'second' })).status, 200);
    const last: SeenRequest | undefined = stack.mock.seen.at(-1);
    assert.ok(last);
    assertValidHistory(last);
    assert.deepEqual(userTexts(last), ['first', 'second']);
  }
});
