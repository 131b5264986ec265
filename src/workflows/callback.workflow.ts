import { callbackActivities } from './activity-proxies.js';

export interface CallbackInput {
  readonly runId: string;
}

/** Tells whoever asked for it that a run has ended, again and again until somebody listens or the tries are used up. */
export async function callback({ runId }: CallbackInput): Promise<void> {
  await callbackActivities.deliverCallback({ runId });
}
