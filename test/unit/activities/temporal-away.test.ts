import assert from 'node:assert/strict';
import { ServiceError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { withDatabaseFailures } from '../../../src/activities/database-failure.js';
import { finishRun } from '../../../src/activities/runs/advance-conversation.activity.js';
import { createReconcileConversations } from '../../../src/activities/runs/reconcile-conversations.activity.js';

type FinishDeps = Parameters<typeof finishRun>[0];
type ReconcileDeps = Parameters<typeof createReconcileConversations>[0];

const away = async (): Promise<never> => Promise.reject(new ServiceError('14 UNAVAILABLE'));
const unused = new Proxy({}, { get: () => assert.fail('not to be used here') }) as never;

describe('while Temporal does not answer', () => {
  it('the end of a run is announced, and the queue goes on', async () => {
    const announced: string[] = [];
    const finished = {
      lastSeq: 3,
      hasNext: true,
      isToUndo: false,
      hasCallback: true,
      hasUnembedded: false,
      deadline: { requestId: 'message-1', at: new Date(0) },
    };
    const deps: FinishDeps = {
      lifecycle: { finishRun: async () => Promise.resolve(finished) } as Partial<FinishDeps['lifecycle']> as FinishDeps['lifecycle'],
      steps: unused,
      answers: { giveUpIfCancelled: async () => Promise.resolve(false) } as Partial<FinishDeps['answers']> as FinishDeps['answers'],
      rollbacks: unused,
      compensations: unused,
      compensationStarter: unused,
      approvalTimers: { start: away },
      callbackStarter: { start: away },
      embeddingStarter: unused,
      events: { announce: runId => announced.push(runId) },
    };
    const report = { runId: 'run-1', end: { stopReason: 'requires_approval', error: null } } as const;
    assert.equal(await new MockActivityEnvironment().run(() => finishRun(deps, report)), true);
    assert.deepEqual(announced, ['run-1']);
  });

  it('reconcile goes on with the other conversations', async () => {
    const woken: string[] = [];
    const open = ['conv-1', 'conv-2'].map(conversationId => ({
      conversationId,
      agentId: 'agent-1',
      startedRunId: null,
      isCancelled: false,
    }));
    const deps: ReconcileDeps = {
      open: { openConversations: async () => Promise.resolve(open), conversationsOf: unused },
      agentLifecycle: { wakeDue: async () => Promise.resolve([]) },
      lifecycle: unused,
      steps: unused,
      answers: unused,
      rollbacks: unused,
      compensations: unused,
      compensationStarter: unused,
      approvalTimers: unused,
      callbackStarter: unused,
      events: unused,
      embeddingStarter: unused,
      messageEmbeddings: { isDue: async () => Promise.resolve(false) },
      conversations: {
        status: async ({ conversationId }) => (conversationId === 'conv-1' ? away() : Promise.resolve(null)),
        heldRun: unused,
        wake: async ({ conversationId }) => {
          woken.push(conversationId);
          return Promise.resolve();
        },
      },
    };
    assert.equal(await new MockActivityEnvironment().run(createReconcileConversations(deps), { after: '' }), null);
    assert.deepEqual(woken, ['conv-2']);
  });

  it('what needs it is tried again', async () => {
    await assert.rejects(withDatabaseFailures(away), error => {
      assert.ok(error instanceof ApplicationFailure);
      assert.deepEqual([error.type, error.nonRetryable], ['ServiceAway', false]);
      return true;
    });
    await assert.rejects(
      withDatabaseFailures(() => Promise.reject(new Error('a mistake'))),
      { type: 'InternalError', nonRetryable: true },
    );
  });
});
