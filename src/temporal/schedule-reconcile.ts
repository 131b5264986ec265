import { ScheduleNotFoundError, ServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { reconcileWorkflowId, retentionWorkflowId } from '../domain/runs/execution-ids.js';
import { scheduleWorkflow } from './schedule-workflow.js';

const scheduleId = 'perdura-reconcile';

/** At once as well: a server that starts looks after what the last one left. */
export function scheduleReconcile(client: Client, intervalMs: number): Promise<void> {
  const summary = 'repeats what a crash has cut off';
  return scheduleWorkflow(client, {
    scheduleId,
    workflowType: 'reconcile',
    workflowId: reconcileWorkflowId,
    intervalMs,
    summary,
    atOnce: true,
  });
}

export function scheduleRetention(client: Client, intervalMs: number): Promise<void> {
  const summary = 'deletes what is too old';
  const workflow = { scheduleId: 'perdura-retention', workflowType: 'retention', workflowId: retentionWorkflowId };
  return scheduleWorkflow(client, { ...workflow, intervalMs, summary, atOnce: false });
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
