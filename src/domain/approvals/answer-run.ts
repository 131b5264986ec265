import type { StepIsolation } from '../agent-loop/loop-types.js';
import type { RequestConfig, RunOptions, RunRequest } from '../runs/run-request.js';
import type { RunAnswer } from './approval-request.js';

/** The run that asked: what answers it goes on in the same way. */
export interface AskingRun {
  readonly requestId: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly options: RunOptions;
  readonly requestConfig: RequestConfig;
  readonly isolation: StepIsolation;
}

/** A run for answers that did not come with a message: from the inbox, or from a deadline. One a request, however often it is submitted. */
export function answerRun(asking: AskingRun, runId: string, answer: RunAnswer): RunRequest {
  const { requestId, ...place } = asking;
  return {
    ...place,
    runId,
    command: null,
    input: [],
    answer,
    background: true,
    metadata: { run_type: 'approval_answer' },
    callbackUrl: null,
    onBusy: 'enqueue',
    routeOnBusy: 'enqueue',
    onPending: null,
    refusesAsRun: false,
    clientOtid: null,
    idempotencyKey: `approval/${requestId}`,
    requestHash: requestId,
    isRetry: false,
  };
}
