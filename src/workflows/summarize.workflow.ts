import { ActivityFailure, CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import type { LoopTimeouts, SummarizeInput, SummarizeOutcome } from '../domain/agent-loop/loop-types.js';
import { modelActivities } from './activity-proxies.js';

export interface SummarizeWorkflowInput extends SummarizeInput {
  readonly timeouts: LoopTimeouts;
}

/** One compaction pass over a conversation's context. */
export async function summarize({ timeouts, ...input }: SummarizeWorkflowInput): Promise<SummarizeOutcome> {
  try {
    return await modelActivities(timeouts, `compaction: ${input.trigger}`).compactContext(input);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    // A pass that is lost with its worker fails by its silence, also when it was to be cancelled.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The compaction was cancelled');
    return { kind: 'failed', message: error.cause?.message ?? error.message };
  }
}
