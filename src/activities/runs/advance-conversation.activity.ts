import { log } from '@temporalio/activity';
import type { LoopTimeouts, RunEnd, RunWork } from '../../domain/agent-loop/loop-types.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { AnswersRepository } from '../../repositories/answers.repository.js';
import type { RunLifecycleRepository } from '../../repositories/run-lifecycle.repository.js';
import type { RunRollbackRepository } from '../../repositories/run-rollback.repository.js';
import type { StepCommitRepository } from '../../repositories/step-commit.repository.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import type { CallbackStarter } from '../../temporal/callback-starter.js';
import type { CompensationsRepository } from '../../repositories/compensations.repository.js';
import type { CompensationStarter } from '../../temporal/compensation-starter.js';
import type { EmbeddingStarter } from '../../temporal/embedding-starter.js';
import type { ApprovalTimers } from '../../temporal/approval-timers.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface FinishedRunReport {
  readonly runId: string;
  readonly end: RunEnd;
}

export interface AdvanceConversationInput {
  readonly conversationId: string;
  readonly finished: FinishedRunReport | null;
}

export interface AdvanceConversationDeps {
  readonly lifecycle: RunLifecycleRepository;
  readonly steps: StepCommitRepository;
  readonly answers: AnswersRepository;
  readonly approvalTimers: ApprovalTimers;
  readonly callbackStarter: CallbackStarter;
  readonly compensations: Pick<CompensationsRepository, 'planForCancel' | 'hasOpen'>;
  readonly compensationStarter: CompensationStarter;
  readonly embeddingStarter: EmbeddingStarter;
  readonly systemMessages: SystemMessageRepository;
  readonly rollbacks: RunRollbackRepository;
  readonly events: Pick<RunEventLog, 'announce'>;
  readonly timeouts: LoopTimeouts;
}

export function createAdvanceConversation(deps: AdvanceConversationDeps) {
  /** Ends the run that was executed, if any, and starts the next one. Null when the queue is empty. */
  return function advanceConversation({ conversationId, finished }: AdvanceConversationInput): Promise<RunWork | null> {
    return withDatabaseFailures(async () => {
      if (finished !== null && !(await finishRun(deps, finished))) return null;
      const claimed = await deps.lifecycle.claimNextRun(conversationId);
      if (claimed === null) return null;
      // As a rule its end has done it; not when the execution that ended it was lost right then.
      if (claimed.undoesRunId !== null) await deps.rollbacks.undo(claimed.undoesRunId);
      if (claimed.systemStale) await deps.systemMessages.refresh(conversationId);
      return { ...claimed.work, timeouts: deps.timeouts };
    });
  };
}

/** Whether more runs wait. */
export async function finishRun(
  deps: Pick<
    AdvanceConversationDeps,
    | 'lifecycle'
    | 'steps'
    | 'answers'
    | 'rollbacks'
    | 'approvalTimers'
    | 'callbackStarter'
    | 'compensations'
    | 'compensationStarter'
    | 'embeddingStarter'
    | 'events'
  >,
  { runId, end: planned }: FinishedRunReport,
): Promise<boolean> {
  const gaveUp = planned.stopReason === 'requires_approval' && (await deps.answers.giveUpIfCancelled(runId));
  const end: RunEnd = gaveUp ? { stopReason: 'cancelled', error: null } : planned;
  // Only a run that ended against its plan can have left a step open.
  if (end.stopReason === 'cancelled' || end.error !== null) {
    await deps.answers.closeOpenAnswer(runId, end);
    await deps.steps.closeOpenStep(runId, end);
    if (end.stopReason === 'cancelled') await deps.compensations.planForCancel(runId);
  }
  const { lastSeq, hasNext, isToUndo, hasCallback, hasUnembedded, deadline } = await deps.lifecycle.finishRun(runId, end);
  if (isToUndo) await deps.rollbacks.undo(runId);
  const mayUndo = isToUndo || end.stopReason === 'cancelled';
  if (mayUndo && (await deps.compensations.hasOpen(runId)))
    await startBesides('the undoing of tool calls', runId, () => deps.compensationStarter.start(runId));
  if (lastSeq !== null) deps.events.announce(runId, true);
  if (deadline !== null) await startBesides('the timer of an approval', runId, () => deps.approvalTimers.start({ runId, ...deadline }));
  if (hasCallback) await startBesides('a callback', runId, () => deps.callbackStarter.start(runId));
  if (hasUnembedded) deps.embeddingStarter.startSoon();
  return hasNext;
}

/** All of them are due by their rows: what cannot be started now is done by reconcile. */
async function startBesides(what: string, runId: string, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    log.warn(`${what} could not be started; reconcile does it later`, { runId, error });
  }
}
