import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { ActivityFailure } from '@temporalio/workflow';
import type { RunEnd } from '../domain/agent-loop/loop-types.js';

/** The activity says with its failure how the run is to end; one that fell silent cannot. */
export function endOfFailure({ cause, message }: ActivityFailure): RunEnd {
  if (cause instanceof ApplicationFailure && isRunEnd(cause.details?.[0])) return cause.details[0];
  if (cause instanceof TimeoutFailure) {
    const error = { type: 'llm_timeout', message: 'The request to the LLM provider timed out.', detail: cause.message, status: 504 };
    return { stopReason: 'llm_api_error', error };
  }
  return {
    stopReason: 'error',
    error: { type: 'internal_error', message: 'An unexpected error occurred.', detail: cause?.message ?? message, status: 500 },
  };
}

function isRunEnd(value: unknown): value is RunEnd {
  return typeof value === 'object' && value !== null && 'stopReason' in value && 'error' in value;
}
