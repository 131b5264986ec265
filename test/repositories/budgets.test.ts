import assert from 'node:assert/strict';
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
});
