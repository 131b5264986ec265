import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRunTool } from '../../../src/activities/tools/run-tool.activity.js';
import type { ToolExecutor } from '../../../src/activities/tools/tool-executor.js';
import type { CallFacts, ToolCallInput, ToolCallOutcome } from '../../../src/domain/agent-loop/loop-types.js';
import type { ToolReturn } from '../../../src/domain/messages/content.js';
import type { ToolCallContext, ToolCallsRepository } from '../../../src/repositories/tool-calls.repository.js';
import { createGate } from '../../support/gate.js';

const attempts = 3;
const endMs = 200;

const facts: CallFacts = {
  index: 0,
  toolName: 'call_out',
  execution: 'sandbox',
  retryClass: 'never',
  timeoutMs: 60_000,
  parallel: false,
  requestHeartbeat: null,
  effect: 'none',
  violation: null,
  invalidPrefill: null,
  needsApproval: false,
};

const context: ToolCallContext = {
  id: 'run/run-1/step/1/tool/0',
  runId: 'run-1',
  stepId: 'step-1',
  agentId: 'agent-1',
  organizationId: 'org-1',
  conversationId: 'conv-1',
  timezone: null,
  call: { id: 'call-1', name: 'call_out', arguments: '{}' },
  tool: { id: 'tool-1', name: 'call_out', toolType: 'custom', sourceType: 'python', returnCharLimit: 1000, retryClass: 'never' },
  source: null,
};

describe('runTool', () => {
  let stopping: AbortController;
  let kept: ToolReturn[];
  beforeEach(() => {
    stopping = new AbortController();
    kept = [];
  });

  /** `started` resolves when the tool has begun. */
  function run(executor: ToolExecutor, call: Partial<CallFacts> = {}, attempt = 1) {
    const begun = createGate();
    const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
    const toolCalls = {
      begin: () => Promise.resolve({ state: attempt === 1 ? 'new' : 'started-before', context }),
      finish: (_id: string, result: ToolReturn) => {
        kept.push(result);
        return Promise.resolve({ status: 'finished', result });
      },
    } as unknown as ToolCallsRepository;
    const callOut: ToolExecutor = (...given) => {
      const result = executor(...given);
      begun.open();
      return result;
    };
    const executors = { named: { call_out: callOut }, kinds: {} };
    const runTool = createRunTool({ toolCalls, executors, toolLimits: { endMs, attempts }, stopping: stopping.signal });
    const input = { runId: 'run-1', stepNumber: 1, ordinal: 0, call: { ...facts, ...call } };
    return {
      environment,
      started: begun.opened,
      outcome: environment.run<[ToolCallInput], ToolCallOutcome, typeof runTool>(runTool, input),
    };
  }

  /** Ends a while after it was told to, and only then. */
  function slowToEnd(ended: string[], afterMs: number): ToolExecutor {
    return (_call, _args, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          setTimeout(() => {
            ended.push('gone');
            reject(new Error('killed'));
          }, afterMs);
        });
      });
  }

  it('reports a cancelled call only when all of its tool is gone', async () => {
    const ended: string[] = [];
    const { environment, started, outcome } = run(slowToEnd(ended, 50));
    await started;
    environment.cancel('CANCELLED');
    await assert.rejects(outcome, CancelledFailure);
    assert.deepEqual(ended, ['gone']);
    assert.deepEqual(kept, []);
  });

  it('waits for a tool that does not end no longer than its limit', async () => {
    const ended: string[] = [];
    const { environment, started, outcome } = run(slowToEnd(ended, endMs * 50));
    await started;
    environment.cancel('CANCELLED');
    await assert.rejects(outcome, CancelledFailure);
    assert.deepEqual(ended, []);
  });

  it('keeps the result of a tool that was faster than its cancel', async () => {
    const told = createGate();
    const { environment, started, outcome } = run(async (_call, _args, signal) => {
      signal.addEventListener('abort', () => told.open());
      await told.opened;
      return { status: 'success', value: 'done' };
    });
    await started;
    environment.cancel('CANCELLED');
    assert.equal((await outcome).status, 'success');
    assert.equal(kept.length, 1);
  });

  it('tells the model of a tool that is out of time, when it is gone', async () => {
    const ended: string[] = [];
    const { outcome } = run(slowToEnd(ended, 20), { timeoutMs: 30, retryClass: 'always' });
    assert.equal((await outcome).status, 'error');
    assert.deepEqual(ended, ['gone']);
    assert.match(kept[0]?.content ?? '', /did not end within 0.03 seconds/);
  });

  for (const [retryClass, isHandedOver] of [
    ['never', false],
    ['on_interrupt', true],
    ['always', true],
  ] as const) {
    it(`${isHandedOver ? 'hands a call over' : 'lets a call go on'} of class ${retryClass} when the worker is told to end`, async () => {
      const isDone = createGate();
      const { started, outcome } = run(
        (_call, _args, signal) =>
          new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('killed')));
            void isDone.opened.then(() => resolve({ status: 'success', value: 'done' }));
          }),
        { retryClass },
      );
      await started;
      stopping.abort();
      if (isHandedOver)
        await assert.rejects(outcome, (error: unknown) => error instanceof ApplicationFailure && error.type === 'WorkerShutdown');
      isDone.open();
      if (!isHandedOver) assert.equal((await outcome).status, 'success');
    });
  }

  for (const [retryClass, attempt, isTriedAgain] of [
    ['on_interrupt', 1, false],
    ['always', 1, true],
    ['always', attempts, false],
  ] as const) {
    it(`${isTriedAgain ? 'has' : 'does not have'} a failure that may pass tried again in try ${attempt} of class ${retryClass}`, async () => {
      const failing: ToolExecutor = () => Promise.resolve({ status: 'error', value: 'busy', isTransient: true });
      const { outcome } = run(failing, { retryClass }, attempt);
      if (isTriedAgain) {
        await assert.rejects(outcome, (error: unknown) => error instanceof ApplicationFailure && error.nonRetryable === false);
        assert.deepEqual(kept, []);
      } else {
        assert.equal((await outcome).status, 'error');
        assert.match(kept[0]?.content ?? '', /busy/);
      }
    });
  }
});
