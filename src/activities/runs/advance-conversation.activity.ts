import { log } from '@temporalio/activity';
import type { LoopTimeouts, RunEnd, RunWork } from '../../domain/agent-loop/loop-types.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { AnswersRepository } from '../../repositories/answers.repository.js';
import type { RunLifecycleRepository } from '../../repositories/run-lifecycle.repository.js';
import type { RunRollbackRepository } from '../../repositories/run-rollback.repository.js';
import type { StepCommitRepository } from '../../repositories/step-commit.repository.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import type { CallbackStarter } from '../../temporal/callback-starter.js';
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
  deps: Pick<AdvanceConversationDeps, 'lifecycle' | 'steps' | 'answers' | 'rollbacks' | 'approvalTimers' | 'callbackStarter' | 'events'>,
  { runId, end: planned }: FinishedRunReport,
): Promise<boolean> {
  const gaveUp = planned.stopReason === 'requires_approval' && (await deps.answers.giveUpIfCancelled(runId));
  const end: RunEnd = gaveUp ? { stopReason: 'cancelled', error: null } : planned;
  // Only a run that ended against its plan can have left a step open.
  if (end.stopReason === 'cancelled' || end.error !== null) {
    await deps.answers.closeOpenAnswer(runId, end);
    await deps.steps.closeOpenStep(runId, end);
  }
  const { lastSeq, hasNext, isToUndo, hasCallback, deadline } = await deps.lifecycle.finishRun(runId, end);
  if (isToUndo) await deps.rollbacks.undo(runId);
  if (deadline !== null) await deps.approvalTimers.start({ runId, requestId: deadline.requestId, at: deadline.at });
  if (lastSeq !== null) deps.events.announce(runId, true);
  if (hasCallback) await startCallback(deps, runId);
  return hasNext;
}

/** The callback is due by its row: one that cannot be started now is started by reconcile. */
async function startCallback({ callbackStarter }: Pick<AdvanceConversationDeps, 'callbackStarter'>, runId: string): Promise<void> {
  try {
    await callbackStarter.start(runId);
  } catch (error) {
    log.warn('a callback could not be started; reconcile does it later', { runId, error });
  }
}
