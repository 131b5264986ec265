import assert from 'node:assert/strict';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { createGate, until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

interface Queue {
  readonly active_run_id: string | null;
  readonly runs: readonly { readonly run_id: string; readonly input_preview: string }[];
}

describe('the queue of a conversation', () => {
  const { stack, letta, newAgent, readRun } = useStack();

  it('lists what waits, takes another order, and refuses one that names a run that has started', async () => {
    const gate = createGate();
    const answered: string[] = [];
    stack.mock.script = async request => {
      answered.push(textOf(request.messages.findLast(message => message.role === 'user')));
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent();
    const start = async (input: string): Promise<string> => (await letta.agents.messages.createAsync(agentId, { input })).id;
    const path = `${stack.url}/v1/agents/${agentId}/queue`;
    const patch = (ids: readonly string[]): Promise<Response> =>
      fetch(path, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ run_ids: ids }) });
    const read = async (url: string): Promise<Queue> => (await (await fetch(url)).json()) as Queue;
    const first = await start('first');
    await until(() => answered.length === 1);
    const [a, b, c] = [await start('a'), await start('b'), await start('c')];
    const queue = await read(path);
    assert.equal(queue.active_run_id, first);
    assert.deepEqual(
      queue.runs.map(run => [run.run_id, run.input_preview]),
      [
        [a, 'a'],
        [b, 'b'],
        [c, 'c'],
      ],
    );
    assert.deepEqual(await read(`${stack.url}/v1/conversations/${defaultConversationId(agentId)}/queue`), queue);
    const refused = await patch([c, first]);
    assert.equal(refused.status, 409);
    assert.match(((await refused.json()) as { detail: string }).detail, new RegExp(first));
    assert.deepEqual(await read(path), queue, 'nothing has changed');
    assert.equal((await patch([b, b])).status, 422);
    const reordered = await patch([c]);
    assert.equal(reordered.status, 200);
    assert.deepEqual(
      ((await reordered.json()) as Queue).runs.map(run => run.input_preview),
      ['c', 'a', 'b'],
    );
    await letta.agents.messages.cancel(agentId, { run_ids: [a] });
    gate.open();
    await Promise.all([first, b, c].map(runId => readRun(runId)));
    assert.deepEqual(answered, ['first', 'c', 'b']);
    assert.deepEqual((await read(path)).runs, []);
    assert.equal((await fetch(path.replace(agentId, 'agent-00000000-0000-4000-8000-00000000dead'))).status, 404);
  });

  it("of another conversation is its own: its order changes, the default one's stays", async () => {
    const gate = createGate();
    const answered: string[] = [];
    stack.mock.script = async request => {
      answered.push(textOf(request.messages.findLast(message => message.role === 'user')));
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent();
    const { id: conversationId } = await letta.conversations.create({ agent_id: agentId });
    const start = async (input: string): Promise<string> => {
      const body = { input, streaming: true, background: true, on_busy: 'enqueue' };
      const stream = (await letta.conversations.messages.create(conversationId, body)) as AsyncIterable<{ run_id?: string | null }>;
      for await (const event of stream) if (typeof event.run_id === 'string') return event.run_id;
      throw new Error('The stream names no run');
    };
    const startElsewhere = async (input: string): Promise<string> => (await letta.agents.messages.createAsync(agentId, { input })).id;
    const path = (conversation: string): string => `${stack.url}/v1/conversations/${conversation}/queue`;
    const read = async (conversation: string): Promise<Queue> => (await (await fetch(path(conversation))).json()) as Queue;
    const own = await start('first');
    const other = await startElsewhere('elsewhere');
    await until(() => answered.length === 2);
    const [a, b] = [await start('a'), await start('b')];
    const behind = await startElsewhere('behind');
    const ids = async (conversation: string): Promise<unknown> => {
      const { active_run_id, runs } = await read(conversation);
      return [active_run_id, runs.map(run => run.run_id)];
    };
    assert.deepEqual(await ids(conversationId), [own, [a, b]]);
    const patch = (runIds: readonly string[]): Promise<Response> =>
      fetch(path(conversationId), {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ run_ids: runIds }),
      });
    assert.equal((await patch([behind])).status, 409, 'a run of another conversation is none of its own');
    const reordered = await patch([b]);
    assert.equal(reordered.status, 200);
    assert.deepEqual(await ids(conversationId), [own, [b, a]]);
    assert.deepEqual(await ids(defaultConversationId(agentId)), [other, [behind]]);
    gate.open();
    await Promise.all([own, a, b, other, behind].map(runId => readRun(runId)));
    assert.deepEqual(
      answered.filter(text => !['elsewhere', 'behind'].includes(text)),
      ['first', 'b', 'a'],
    );
    assert.equal((await fetch(path('conv-00000000-0000-4000-8000-00000000dead'))).status, 404);
  });
});
