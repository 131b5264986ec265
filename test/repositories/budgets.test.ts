import assert from 'node:assert/strict';
import type { Spent } from '../../src/domain/budgets/allow-call.js';
import { agentClient } from '../support/agent-client.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('createBudgetsRepository', () => {
  let stack: Stack;
  before(async () => {
    stack = await sharedStack();
  });

  it('gives the rest of a total budget to one of many calls that ask at once, and frees what an earlier try had set aside', async () => {
    const { letta, newAgent } = agentClient(stack.url);
    const agentId = await newAgent();
    stack.mock.script = () => ({ text: 'slow '.repeat(100), pieceDelayMs: 50 });
    const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'go' });
    while ((await letta.runs.retrieve(runId)).status !== 'running') await new Promise(resolve => setTimeout(resolve, 20));
    const { budgets } = stack.backend;
    const charge = { tokens: 60_000, cost: null };
    const take = async (n: number, attempt: number): Promise<boolean> => {
      let taken = false;
      await budgets.reserve({ id: `charge-${n}-${attempt}`, agentId, runId, stepId: `step-${n}` }, null, ({ tokens }) => {
        taken = tokens + charge.tokens <= 100_000;
        return taken ? charge : null;
      });
      return taken;
    };
    const taken = await Promise.all(Array.from({ length: 8 }, (_, n) => take(n, 1)));
    assert.equal(taken.filter(Boolean).length, 1);
    assert.equal(await take(taken.indexOf(true), 2), true, 'another try of the same step takes the same rest');
    assert.equal(await take(99, 1), false);
    await letta.agents.messages.cancel(agentId, { run_ids: [runId] });
    while ((await letta.runs.retrieve(runId)).status === 'running') await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal(await take(100, 1), true, 'what was set aside for a run that has ended is free');
  });

  it('keeps a running sum of all charges, whatever the order in which tries and steps come', async () => {
    const { newAgent } = agentClient(stack.url);
    const agentId = await newAgent();
    const { budgets } = stack.backend;
    const callOf = (step: number, attempt: number) => ({
      id: `charge-${agentId}-${step}-${attempt}`,
      agentId,
      runId: 'run-of-no-row',
      stepId: `step-${agentId}-${step}`,
    });
    const looked: Spent[] = [];
    const look = async (step: number, windowSeconds: number | null = null): Promise<Spent> => {
      await budgets.reserve(callOf(step, 99), windowSeconds, spent => {
        looked.push(spent);
        return null;
      });
      const spent = looked.at(-1);
      assert.ok(spent !== undefined);
      return spent;
    };
    await budgets.charge(callOf(1, 1), { tokens: 10, cost: 1 });
    await budgets.charge(callOf(2, 1), { tokens: 20, cost: null });
    assert.deepEqual(await look(3), { steps: 2, tokens: 30, cost: 1, unpriced: 20 });
    await budgets.charge(callOf(2, 2), { tokens: 5, cost: 0.5 });
    await budgets.charge(callOf(3, 1), { tokens: 1, cost: 0.25 });
    for (const again of [1, 2]) {
      assert.deepEqual(await look(4), { steps: 3, tokens: 36, cost: 1.75, unpriced: 20 }, `look ${again}`);
    }
    assert.equal((await look(2)).steps, 2, 'a step that tries again is not another one');
    assert.deepEqual(await look(4, 3600), await look(4), 'the sum of a window that holds them all is the same');
    assert.deepEqual(await budgets.spentByAgent(callOf(4, 1), null), await look(4));
    const [uncounted] = await stack.backend.database.query<{ n: number }>(
      'select count(*)::int as n from model_charges where agent_id = $1 and not counted',
      [agentId],
    );
    assert.equal(uncounted?.n, 0, 'the next call reads none of them again');
  });

  it('counts what many calls set aside at once, and each of them once', async () => {
    const agentId = await agentClient(stack.url).newAgent();
    const { budgets } = stack.backend;
    const calls = Array.from({ length: 10 }, (_, n) => ({
      id: `charge-${agentId}-${n}`,
      agentId,
      runId: 'run-of-no-row',
      stepId: `step-${agentId}-${n}`,
    }));
    await Promise.all(
      calls.map(async call => {
        await budgets.reserve(call, null, () => ({ tokens: 1000, cost: null }));
        await budgets.charge(call, { tokens: 7, cost: null });
      }),
    );
    const last = { id: `charge-${agentId}-last`, agentId, runId: 'run-of-no-row', stepId: null };
    assert.deepEqual(await budgets.spentByAgent(last, null), { steps: 10, tokens: 70, cost: 0, unpriced: 70 });
  });
});
