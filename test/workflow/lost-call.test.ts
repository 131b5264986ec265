import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { PersistedStep, PersistStepInput, StepInput, StepOutcome } from '../../src/domain/agent-loop/loop-types.js';
import { createGate, until } from '../support/gate.js';
import { sharedBundle } from '../support/services.js';
import { sharedStack } from '../support/stack.js';

const step: StepInput = {
  runId: 'run-1',
  agentId: 'agent-1',
  conversationId: 'conv-1',
  number: 1,
  isLast: false,
  isolation: 'workflow',
  traits: { heartbeats: false },
  timeouts: { modelCallMs: 60_000, heartbeatMs: 1000, tools: { startMs: 1000, endMs: 1000, attempts: 5 } },
  modelHandle: 'openai/mock-model',
};

describe('a model call whose worker is lost', () => {
  let persisted: PersistStepInput[];

  beforeEach(() => {
    persisted = [];
  });

  it('ends its step as cancelled when the cancel comes before anybody has noticed the loss', async () => {
    const outcome: StepOutcome = await cancelledWhileLost('agentStep', step);
    assert.deepEqual(outcome, { kind: 'stop', end: { stopReason: 'cancelled', error: null } });
    assert.deepEqual(
      persisted.map(({ ordinal, decision }) => [ordinal, decision.end?.stopReason]),
      [[null, 'cancelled']],
    );
  });

  it('ends its compaction as cancelled too', async () => {
    const order = { runId: 'run-1', conversationId: 'conv-1', stepNumber: 1, pass: '1-0', trigger: 'context_window_exceeded' };
    await assert.rejects(
      cancelledWhileLost('summarize', { ...order, timeouts: step.timeouts }),
      error => error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure,
    );
  });

  /** What the workflow returns that is cancelled while its call is with a worker that is no more. */
  async function cancelledWhileLost<Result>(workflow: string, input: object): Promise<Result> {
    const { connection, client } = (await sharedStack()).backend.temporal;
    const taskQueue = `lost-call-${randomUUID()}`;
    const gate = createGate();
    let calls = 0;
    /** Neither a heartbeat nor an answer comes. */
    const neverAnswers = async (): Promise<void> => {
      calls += 1;
      await gate.opened;
    };
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: await sharedBundle(),
      activities: {
        callModel: neverAnswers,
        compactContext: neverAnswers,
        persistStep(input: PersistStepInput): Promise<PersistedStep> {
          persisted.push(input);
          return Promise.resolve({ cancelRequested: true, held: false, runOpen: true });
        },
      },
    });
    const running = worker.run();
    try {
      const handle = await client.workflow.start(workflow, { taskQueue, workflowId: taskQueue, args: [input] });
      await until(() => calls > 0);
      await handle.cancel();
      const result = (await handle.result()) as Result;
      assert.equal(calls, 1);
      return result;
    } finally {
      gate.open();
      worker.shutdown();
      await running;
    }
  }
});
