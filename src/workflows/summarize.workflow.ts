import { ActivityFailure, CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import type { LoopTimeouts, PassOutcome, PassProgress, SummarizeInput, SummarizeOutcome } from '../domain/agent-loop/loop-types.js';
import { modelActivities } from './activity-proxies.js';

export interface SummarizeWorkflowInput extends SummarizeInput {
  readonly timeouts: LoopTimeouts;
}

/** Of one stage: a context that takes more is left to the next one. */
const mostCalls = 200;

/**
 * One compaction pass over a conversation's context: one activity for each call of a model, the last of which commits. What fails is tried in another
 * way, until a stage succeeds or none is left.
 */
export async function summarize({ timeouts, ...input }: SummarizeWorkflowInput): Promise<SummarizeOutcome> {
  let progress: PassProgress = { failedStages: 0, measure: null };
  let failure = 'No model could summarize the messages.';
  for (let calls = 1; ; calls += 1) {
    const outcome = await takeFurther(timeouts, input, progress);
    switch (outcome.kind) {
      case 'compacted':
      case 'nothing-to-compact':
      case 'failed':
        return outcome;
      case 'no-stage-left':
        return { kind: 'failed', message: failure };
      case 'stage-failed':
        failure = outcome.message;
        [progress, calls] = [{ failedStages: progress.failedStages + 1, measure: null }, 0];
        break;
      case 'continue':
        progress = { ...progress, measure: outcome.measure };
        if (calls >= mostCalls) [progress, calls] = [{ failedStages: progress.failedStages + 1, measure: null }, 0];
    }
  }
}

async function takeFurther(timeouts: LoopTimeouts, input: SummarizeInput, progress: PassProgress): Promise<PassOutcome> {
  try {
    return await modelActivities(timeouts, `compaction: ${input.trigger}`).compactContext({ ...input, progress });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    // A pass that is lost with its worker fails by its silence, also when it was to be cancelled.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The compaction was cancelled');
    return { kind: 'stage-failed', message: error.cause?.message ?? error.message };
  }
}
