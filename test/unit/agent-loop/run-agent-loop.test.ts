import assert from 'node:assert/strict';
import type { LoopTraits, RunWork, StepInput, StepOutcome } from '../../../src/domain/agent-loop/loop-types.js';
import { runAgentLoop } from '../../../src/domain/agent-loop/run-agent-loop.js';

const native: LoopTraits = { heartbeats: false };

describe('runAgentLoop', () => {
  const runAnsweredCalls = () => Promise.reject(new Error('no answers were to be carried out'));
  const work: RunWork = {
    command: null,
    runId: 'run-1',
    agentId: 'agent-1',
    conversationId: 'conv-1',
    isolation: 'inline',
    maxSteps: 3,
    traits: native,
    timeouts: { modelCallMs: 1, heartbeatMs: 1, tools: { startMs: 1, endMs: 1, attempts: 1 } },
    modelHandle: 'm',
    carriesAnswers: false,
    queue: { length: 0, lastAcceptNo: 1 },
    stepsDone: 0,
    lastStop: null,
  };

  it('takes steps until one says stop', async () => {
    const numbers: number[] = [];
    const end = await runAgentLoop(
      {
        runAnsweredCalls,
        runStep: async ({ number }) => {
          numbers.push(number);
          return Promise.resolve(number === 2 ? { kind: 'stop', end: { stopReason: 'end_turn', error: null } } : { kind: 'continue' });
        },
      },
      work,
    );
    assert.deepEqual(numbers, [1, 2]);
    assert.deepEqual(end, { kind: 'stop', end: { stopReason: 'end_turn', error: null } });
  });

  it('goes on behind the steps that an earlier execution committed', async () => {
    const seen: StepInput[] = [];
    const end = await runAgentLoop(
      {
        runAnsweredCalls,
        runStep: async input => {
          seen.push(input);
          return Promise.resolve({ kind: 'continue' });
        },
      },
      { ...work, stepsDone: 2 },
    );
    assert.deepEqual(
      seen.map(({ number, isLast }) => [number, isLast]),
      [[3, true]],
    );
    assert.deepEqual(end, { kind: 'stop', end: { stopReason: 'max_steps', error: null } });
  });

  it('takes no step after one that is held, and says so', async () => {
    const numbers: number[] = [];
    const outcome = await runAgentLoop(
      {
        runAnsweredCalls,
        runStep: async ({ number }) => {
          numbers.push(number);
          return Promise.resolve({ kind: 'held' });
        },
      },
      work,
    );
    assert.deepEqual([numbers, outcome], [[1], { kind: 'held' }]);
  });

  it('takes no step when the last committed one ended the run', async () => {
    const end = await runAgentLoop(
      { runAnsweredCalls, runStep: () => Promise.reject(new Error('no step was to be taken')) },
      { ...work, lastStop: { stopReason: 'tool_rule', error: null } },
    );
    assert.deepEqual(end, { kind: 'stop', end: { stopReason: 'tool_rule', error: null } });
  });

  it('carries answers out before its first step, and goes no further when they end the run', async () => {
    const order: number[] = [];
    const take = (stop: boolean) => async (input: StepInput) => {
      order.push(input.number);
      return Promise.resolve<StepOutcome>(stop ? { kind: 'stop', end: { stopReason: 'end_turn', error: null } } : { kind: 'continue' });
    };
    await runAgentLoop({ runAnsweredCalls: take(false), runStep: take(true) }, { ...work, carriesAnswers: true });
    assert.deepEqual(order, [0, 1]);
    await runAgentLoop({ runAnsweredCalls: take(true), runStep: take(true) }, { ...work, carriesAnswers: true });
    assert.deepEqual(order, [0, 1, 0]);
  });
});
