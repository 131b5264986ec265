import { executeChild, proxyActivities, proxyLocalActivities, workflowInfo, defineSignal, setHandler } from '@temporalio/workflow';
import type { floorActivities } from './floor.js';

const inTask = proxyLocalActivities<typeof floorActivities>({ startToCloseTimeout: '5s' });
const regular = proxyActivities<typeof floorActivities>({ startToCloseTimeout: '5s' });

export const floorSignal = defineSignal('floor');

/** What no design on this Temporal can go below: one local, one regular, one local activity that do nothing. */
export async function floorStep(): Promise<void> {
  await inTask.nothing();
  await regular.nothing();
  await inTask.nothing();
}

export async function floorInline(): Promise<void> {
  setHandler(floorSignal, () => undefined);
  await floorStep();
}

export async function floorWorkflow(): Promise<void> {
  setHandler(floorSignal, () => undefined);
  await executeChild(floorStep, { workflowId: `${workflowInfo().workflowId}/step` });
}
