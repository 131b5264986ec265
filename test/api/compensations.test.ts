import assert from 'node:assert/strict';
import { createGate, until } from '../support/gate.js';
import type { Gate } from '../support/gate.js';
import { addTestTool } from '../support/stack.js';
import { useStack } from '../support/stack-client.js';

const booker = 'tool-00000000-0000-4000-8000-0000000000ff';

interface ShownUndo {
  readonly tool_call: string;
  readonly tool_name: string;
  readonly status: string;
  readonly error: string | null;
}

interface Called {
  readonly key: string;
  readonly args: unknown;
}

describe('the undoing of tool calls', () => {
  const api = useStack();
  const { stack } = api;
  let undoer: string;
  let called: Called[];
  let gate: Gate;

  before(async () => {
    undoer = await addTestTool(stack.backend, 'on_interrupt');
  });
  beforeEach(() => {
    called = [];
    gate = createGate();
    stack.testTool = (call, args) => {
      called.push({ key: call.id, args });
      return Promise.resolve({ status: 'success', value: { booking: { id: called.length } } });
    };
  });
  afterEach(async () => {
    gate.open();
    stack.testTool = () => Promise.resolve({ status: 'success', value: 'done' });
    await setUndo(null);
  });
  after(() => stack.backend.database.query('delete from tools where name = $1', [undoer]));

  async function setUndo(undo: unknown, toolId = booker): Promise<{ status: number; text: string }> {
    const response = await fetch(`${stack.url}/v1/tools/${toolId}/undo`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ undo }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** A run that has called the tool twice and now waits for its model. */
  async function twoCalls(): Promise<{ agentId: string; runId: string }> {
    stack.mock.script = async ({ messages }) => {
      const start = messages.findLastIndex(message => message.role === 'user');
      const calls = messages.slice(start).filter(message => message.role === 'tool').length;
      if (!JSON.stringify(messages.at(start)).includes('Book.')) return { text: 'Something else.' };
      if (calls < 2) return { toolCalls: [{ name: 'test_tool', args: { text: `trip ${calls + 1}` } }] };
      await gate.opened;
      return { text: 'Booked.' };
    };
    const agentId = await api.newAgent({ tools: ['test_tool'], include_base_tools: false });
    const seen = stack.mock.seen.length;
    const { id: runId } = await api.letta.agents.messages.createAsync(agentId, { input: 'Book.' });
    await until(() => stack.mock.seen.length === seen + 3);
    return { agentId, runId };
  }

  const shownOn = async (runId: string): Promise<readonly ShownUndo[] | undefined> =>
    (await api.letta.runs.retrieve(runId)).metadata?.['compensations'] as readonly ShownUndo[] | undefined;

  async function untilUndone(runId: string): Promise<readonly ShownUndo[]> {
    await until(async () => (await shownOn(runId))?.every(({ status }) => status === 'done' || status === 'failed') === true);
    return (await shownOn(runId)) ?? [];
  }

  it('is done at a rollback, last call first, each once under a key of its own', async () => {
    const undo = { tool_name: undoer, arguments: { id: '{{ result.booking.id }}', note: 'no {{arguments.text}}, {{ result.booking }}' } };
    assert.equal((await setUndo(undo)).status, 200);
    const { agentId, runId } = await twoCalls();
    assert.equal((await api.send(agentId, { input: 'instead', on_busy: 'rollback' })).status, 200);
    const shown = await untilUndone(runId);
    const callOf = (step: number): string => `run/${runId}/step/${step}/tool/0`;
    assert.deepEqual(
      shown,
      [2, 1].map(step => ({ tool_call: callOf(step), tool_name: undoer, status: 'done', error: null })),
    );
    assert.deepEqual(
      called.slice(2),
      [2, 1].map(step => ({ key: `${callOf(step)}/undo`, args: { id: step, note: `no trip ${step}, {"id":${step}}` } })),
    );
    await stack.backend.compensationStarter.start(runId);
    await stack.backend.temporal.client.workflow.getHandle(`run/${runId}/compensate`).result();
    assert.equal(called.length, 4, 'nothing is undone twice');
  });

  it('is done at a cancel only where the tool asks for it', async () => {
    const plain = { tool_name: undoer, arguments: {} };
    await setUndo(plain);
    const kept = await twoCalls();
    await api.letta.agents.messages.cancel(kept.agentId);
    await setUndo({ ...plain, on_cancel: true });
    gate = createGate();
    const undone = await twoCalls();
    await api.letta.agents.messages.cancel(undone.agentId);
    assert.equal((await untilUndone(undone.runId)).length, 2);
    assert.equal(await shownOn(kept.runId), undefined);
    assert.deepEqual(
      called.filter(({ key }) => key.endsWith('/undo')).map(({ key }) => key.includes(undone.runId)),
      [true, true],
    );
  });

  it('shows what has failed, and does the rest', async () => {
    await setUndo({ tool_name: undoer, arguments: { name: '{{ arguments.text }}' }, on_cancel: true });
    const answer = stack.testTool;
    stack.testTool = (call, args, signal) =>
      args['name'] === 'trip 2' ? Promise.resolve({ status: 'error', value: 'It is too late.' }) : answer(call, args, signal);
    const { agentId, runId } = await twoCalls();
    await api.letta.agents.messages.cancel(agentId);
    assert.deepEqual(
      (await untilUndone(runId)).map(({ status, error }) => [status, error]),
      [
        ['failed', 'It is too late.'],
        ['done', null],
      ],
    );
    await setUndo({ tool_name: undoer, arguments: { id: '{{ result.ticket }}' }, on_cancel: true });
    const other = await twoCalls();
    await api.letta.agents.messages.cancel(other.agentId);
    for (const { status, error } of await untilUndone(other.runId)) {
      assert.deepEqual([status, error], ['failed', 'The call that is to be undone has no result.ticket']);
    }
  });

  it('is refused by a tool that there is not, or that would undo itself, and shown with the tool', async () => {
    assert.equal((await setUndo({ tool_name: 'nothing' })).status, 422);
    assert.equal((await setUndo({ tool_name: 'test_tool' })).status, 422);
    assert.equal((await setUndo({ tool_name: undoer, argument: {} })).status, 422);
    assert.equal((await setUndo({ tool_name: undoer }, 'tool-00000000-0000-4000-8000-00000000dead')).status, 404);
    const shown = () => api.letta.get<{ undo: unknown }>(`/v1/tools/${booker}`).then(tool => tool.undo);
    assert.equal(await shown(), null, 'nothing has changed');
    await setUndo({ tool_name: undoer });
    assert.deepEqual(await shown(), { tool_name: undoer, arguments: {}, on_cancel: false });
  });
});
