import { ActivityFailure, CancellationScope } from '@temporalio/workflow';
import type { ModelTimeouts } from '../domain/agent-loop/loop-types.js';
import { endOfFailure } from './activity-failure.js';
import { generationActivities, modelActivities } from './activity-proxies.js';

export interface GenerateInput {
  readonly generationId: string;
  readonly timeouts: ModelTimeouts;
}

/** Asks an agent's model for a text beside all conversations. What came of it stands in the generation's row. */
export async function generate({ generationId, timeouts }: GenerateInput): Promise<void> {
  try {
    await modelActivities(timeouts, 'generation').generateText({ generationId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { error: failure } = endOfFailure(error);
    if (failure !== null)
      await CancellationScope.nonCancellable(() => generationActivities.failGeneration({ generationId, error: failure }));
  }
}
