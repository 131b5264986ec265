import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { taskQueue } from '../../src/temporal/task-queues.js';
import { lastUserText, useBusyAgents } from '../support/busy-world.js';
import { createGate, until } from '../support/gate.js';

describe('what a message meets while a run is open', () => {
  const { stack, letta: client, newAgent, send, readRun, sendAsync, shownTexts } = useBusyAgents();

  it('enqueue: 200 sends at once are 200 turns, one after the other', async function () {
    this.timeout(240_000);
    let open = 0;
    let most = 0;
    stack.mock.script = request => {
      open += 1;
      most = Math.max(most, open);
      const text = `answer to ${lastUserText(request)}`;
      open -= 1;
      return { text };
    };
    const agentId = await newAgent();
    const inputs = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const answers = await Promise.all(
      inputs.map(async input => {
        const response = await send(agentId, { input, on_busy: 'enqueue' });
        const { messages } = (await response.json()) as { messages: { content: string }[] };
        return messages.map(message => message.content);
      }),
    );
    assert.deepEqual(
      answers,
      inputs.map(input => [`answer to ${input}`]),
    );
    assert.equal(most, 1);
    const texts = await shownTexts(agentId);
    assert.equal(texts.length, 400);
    for (let index = 0; index < texts.length; index += 2) assert.equal(texts[index + 1], `answer to ${String(texts[index])}`);
    assert.equal(new Set(texts).size, 400);
  });

  it("reject: of 200 sends at once one runs and 199 get V1's 409", async function () {
    this.timeout(240_000);
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent();
    let refused = 0;
    const bodies: unknown[] = [];
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const response = await send(agentId, { input: `message ${index}`, on_busy: 'reject' });
        if (response.status === 409) {
          refused += 1;
          bodies.push(await response.json());
          if (refused === 199) gate.open();
        }
        return response.status;
      }),
    );
    assert.deepEqual([statuses.filter(status => status === 200).length, statuses.filter(status => status === 409).length], [1, 199]);
    const [run] = (await client.runs.list({ agent_id: agentId })).items;
    for (const body of bodies) {
      assert.deepEqual(body, {
        detail:
          'CONFLICT: Cannot send a new message: Another request is currently being processed for this conversation. Please wait for the current request to complete.',
        run_id: run?.id,
      });
    }
  });

  it('reject: never refuses the message that follows the end of a run', async () => {
    stack.mock.script = () => ({ text: 'quick' });
    const agentId = await newAgent();
    for (let index = 0; index < 20; index += 1) {
      assert.equal((await send(agentId, { input: `message ${index}`, on_busy: 'reject' })).status, 200);
    }
  });

  it('reject: never refuses the message that follows the end of a stream, be it of a background run', async () => {
    stack.mock.script = () => ({ text: 'quick' });
    const agentId = await newAgent();
    for (let index = 0; index < 6; index += 1) {
      const stream = { streaming: true, stream_tokens: index % 2 === 0, background: index >= 3, on_busy: 'reject' };
      const response = await send(agentId, { input: `message ${index}`, ...stream });
      assert.equal(response.status, 200);
      assert.match(await response.text(), /usage_statistics/);
    }
    for (let index = 0; index < 6; index += 1) await readRun(await sendAsync(agentId, `later ${index}`, 'reject'));
    assert.equal((await shownTexts(agentId)).length, 24);
  });

  it('keeps the lock of a long run, for it is a row without a lease', async () => {
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'at last' };
    };
    const agentId = await newAgent();
    const runId = await sendAsync(agentId, 'take ten minutes', 'enqueue');
    await until(async () => (await client.runs.retrieve(runId)).status === 'running');
    const age = "set created_at = now() - interval '1 day', started_at = now() - interval '1 day', updated_at = now() - interval '1 day'";
    await stack.backend.database.query(`update runs ${age} where id = $1`, [runId]);
    await stack.backend.temporal.client.workflow.execute('reconcile', { workflowId: `reconcile/test/${randomUUID()}`, taskQueue });
    const refused = await send(agentId, { input: 'now?', on_busy: 'reject' });
    assert.equal(refused.status, 409);
    assert.equal(((await refused.json()) as { run_id: string }).run_id, runId);
    gate.open();
    assert.equal((await readRun(runId)).at(-2)?.message_type, 'stop_reason');
    assert.equal((await client.runs.retrieve(runId)).status, 'completed');
  });

  it("takes the agent's policy where the message has none, and the message's before it", async () => {
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent({ on_busy: 'reject' });
    assert.equal(((await client.agents.retrieve(agentId)) as unknown as { on_busy: string }).on_busy, 'reject');
    const first = await sendAsync(agentId, 'first', 'enqueue');
    assert.equal((await send(agentId, { input: 'second' })).status, 409);
    const third = await sendAsync(agentId, 'third', 'enqueue');
    const changed = await client.agents.update(agentId, { on_busy: 'enqueue' } as object);
    assert.equal((changed as unknown as { on_busy: string }).on_busy, 'enqueue');
    const fourth = send(agentId, { input: 'fourth' });
    gate.open();
    assert.equal((await fourth).status, 200);
    await Promise.all([first, third].map(runId => readRun(runId)));
    const wrong = await fetch(`${stack.url}/v1/agents/${agentId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on_busy: 'maybe' }),
    });
    assert.equal(wrong.status, 422);
  });
});
