import { createHmac } from 'node:crypto';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { RunEvent } from '../../domain/runs/run-event.js';
import { postJson } from '../../providers/outbound/post-json.js';
import type { CallbacksRepository } from '../../repositories/callbacks.repository.js';
import type { RunEventsRepository } from '../../repositories/run-events.repository.js';
import type { RunListRepository, RunRecord } from '../../repositories/run-list.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';

export interface DeliverCallbackDeps {
  readonly callbacks: CallbacksRepository;
  readonly runs: Pick<RunListRepository, 'find'>;
  readonly runEvents: Pick<RunEventsRepository, 'readMessages'>;
  /** The answer to the run's request, as a blocking request would get it. */
  readonly presentAnswer: (run: RunRecord, events: readonly RunEvent[]) => unknown;
  readonly callbackOptions: CallbackOptions;
}

export interface CallbackOptions {
  /** Null leaves callbacks unsigned. */
  readonly secret: string | null;
  readonly timeoutMs: number;
  /** Tries in all. */
  readonly attempts: number;
  readonly allowPrivate: boolean;
}

export function createDeliverCallback(deps: DeliverCallbackDeps) {
  /** Tells the receiver that a run has ended. What came of it is noted on the run; a receiver that does not take it is tried again later. */
  return function deliverCallback({ runId }: { readonly runId: string }): Promise<void> {
    return withHeartbeat(() => withDatabaseFailures(() => deliver(deps, runId)));
  };
}

async function deliver(deps: DeliverCallbackDeps, runId: string): Promise<void> {
  const due = await deps.callbacks.findDue(runId);
  const run = due === null ? null : await deps.runs.find(due.organizationId, runId);
  if (due === null || run === null) return;
  const { attempt } = Context.current().info;
  const answer = await postJson({
    ...deps.callbackOptions,
    url: due.url,
    ...signedBody(deps.callbackOptions.secret, runId, attempt, JSON.stringify(await bodyOf(deps, run))),
  });
  const status = answer.kind === 'answered' ? answer.status : null;
  const isTaken = status !== null && status >= 200 && status < 300;
  const error = isTaken ? null : answer.kind === 'failed' ? answer.reason : `The receiver answered with status ${answer.status}`;
  const settles = isTaken || attempt >= deps.callbackOptions.attempts;
  await deps.callbacks.noteTry(runId, { statusCode: status, error }, settles);
  if (isTaken) return;
  log.warn('a callback was not taken', { runId, attempt, status, error });
  if (!settles) throw ApplicationFailure.retryable(error ?? 'not taken', 'CallbackNotTaken');
}

/** V1's body; the result is what a blocking request would have been answered. */
async function bodyOf(deps: DeliverCallbackDeps, run: RunRecord) {
  const result = run.status === 'completed' ? { result: deps.presentAnswer(run, await deps.runEvents.readMessages(run.id)) } : {};
  return {
    run_id: run.id,
    status: run.status,
    completed_at: run.completedAt?.toISOString() ?? null,
    metadata: { ...run.metadata, ...result },
  };
}

/** The id tells the receiver which deliveries are repeats; the signature covers the time as well, so that an old one cannot be played again. */
function signedBody(secret: string | null, runId: string, attempt: number, body: string) {
  const ids = { 'x-perdura-callback-id': runId, 'x-perdura-callback-attempt': String(attempt) };
  if (secret === null) return { body, headers: ids };
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { body, headers: { ...ids, 'x-perdura-signature': `t=${seconds},v1=${signature}` } };
}
