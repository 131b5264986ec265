import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, ServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { reconcileWorkflowId } from '../domain/runs/execution-ids.js';
import { taskQueue } from './task-queues.js';

const scheduleId = 'perdura-reconcile';

/** Runs the workflow `reconcile` every so often, and once right now: a server that starts looks after what the last one left. */
export async function scheduleReconcile(client: Client, intervalMs: number): Promise<void> {
  const spec = { intervals: [{ every: intervalMs }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'reconcile',
    workflowId: reconcileWorkflowId,
    taskQueue,
    staticSummary: 'repeats what a crash has cut off',
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: intervalMs };
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await client.schedule.create({ scheduleId, spec, action, policies, state: { triggerImmediately: true } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update(previous => ({ ...previous, spec, action: { ...action, args: [] }, policies }));
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
  }
}

/**
 * Reads what the last worker wrote with its key: a process that lacks it must not start. Throws UnreadablePayloadError. To go back to no encryption the
 * schedule has to be deleted first.
 */
export async function assertKeyFits(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    // No worker was here yet, or the server has no schedules.
    if (!(error instanceof ScheduleNotFoundError || error instanceof ServiceError)) throw error;
  }
}
