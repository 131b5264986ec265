import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { taskQueue } from './task-queues.js';

export interface ScheduledWorkflow {
  readonly scheduleId: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly intervalMs: number;
  readonly summary: string;
  /** Once right now as well. */
  readonly atOnce: boolean;
}

/** Runs a workflow every so often. */
export async function scheduleWorkflow(client: Client, scheduled: ScheduledWorkflow): Promise<void> {
  const { scheduleId, workflowType, workflowId, intervalMs, atOnce, summary: staticSummary } = scheduled;
  const spec = { intervals: [{ every: intervalMs }] };
  const action = { type: 'startWorkflow', workflowType, workflowId, taskQueue, staticSummary } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: intervalMs };
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await client.schedule.create({ scheduleId, spec, action, policies, state: { triggerImmediately: atOnce } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update(previous => ({ ...previous, spec, action: { ...action, args: [] }, policies }));
    if (atOnce) await handle.trigger(ScheduleOverlapPolicy.SKIP);
  }
}
