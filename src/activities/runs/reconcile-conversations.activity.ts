import { Context, log } from '@temporalio/activity';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { AgentLifecycleRepository } from '../../repositories/agent-lifecycle.repository.js';
import type { OpenConversation, ReconcileRepository } from '../../repositories/reconcile.repository.js';
import type { AnswersRepository } from '../../repositories/answers.repository.js';
import type { RunLifecycleRepository } from '../../repositories/run-lifecycle.repository.js';
import type { RunRollbackRepository } from '../../repositories/run-rollback.repository.js';
import type { StepCommitRepository } from '../../repositories/step-commit.repository.js';
import type { MessageEmbeddingsRepository } from '../../repositories/message-embeddings.repository.js';
import type { ApprovalTimers } from '../../temporal/approval-timers.js';
import type { CallbackStarter } from '../../temporal/callback-starter.js';
import type { EmbeddingStarter } from '../../temporal/embedding-starter.js';
import type { ConversationClient } from '../../temporal/conversation-client.js';
import { withDatabaseFailures } from '../database-failure.js';
import { attempt } from '../attempt.js';
import { finishRun } from './advance-conversation.activity.js';
import type { AdvanceConversationDeps } from './advance-conversation.activity.js';

export interface ReconcileDeps {
  readonly open: ReconcileRepository;
  readonly agentLifecycle: Pick<AgentLifecycleRepository, 'wakeDue'>;
  readonly lifecycle: RunLifecycleRepository;
  readonly steps: StepCommitRepository;
  readonly answers: AnswersRepository;
  readonly rollbacks: RunRollbackRepository;
  readonly approvalTimers: ApprovalTimers;
  readonly callbackStarter: CallbackStarter;
  readonly compensations: AdvanceConversationDeps['compensations'];
  readonly compensationStarter: AdvanceConversationDeps['compensationStarter'];
  readonly embeddingStarter: EmbeddingStarter;
  readonly messageEmbeddings: Pick<MessageEmbeddingsRepository, 'isDue'>;
  readonly events: Pick<RunEventLog, 'announce'>;
  readonly conversations: ConversationClient;
}

const pageSize = 50;

export function createReconcileConversations(deps: ReconcileDeps) {
  /** Looks after one page of conversations with open runs. Returns where the next page begins, or null after the last. */
  return function reconcileConversations({ after }: { readonly after: string }): Promise<string | null> {
    return withDatabaseFailures(async () => {
      // Their conversations are found below, like all others.
      if (after === '') await deps.agentLifecycle.wakeDue(null);
      if (after === '' && (await deps.messageEmbeddings.isDue()))
        await attempt('the embedding of messages', '', () => deps.embeddingStarter.start());
      const page = await deps.open.openConversations(after, pageSize);
      for (const conversation of page) {
        if (Context.current().cancellationSignal.aborted) return null;
        await attempt('a conversation', conversation.conversationId, () => reconcile(deps, conversation));
      }
      return page.length < pageSize ? null : (page.at(-1)?.conversationId ?? null);
    });
  };
}

async function reconcile(deps: ReconcileDeps, conversation: OpenConversation): Promise<void> {
  const status = await deps.conversations.status(conversation);
  if (status === 'RUNNING') {
    const held = await heldRun(deps, conversation);
    if (held === undefined) return;
    if (held !== null) {
      // The signal of a cancel may have been lost with the process that was to send it.
      if (conversation.isCancelled && held === conversation.startedRunId)
        await deps.conversations.wake(conversation, { cancelRunId: held });
      return;
    }
  } else if (isForcedEnd(status) && conversation.startedRunId !== null) {
    const detail = `The execution of the conversation was ended by force (${status ?? ''}).`;
    const error = { type: 'internal_error', message: 'The run was ended by force.', detail, status: 500 };
    await finishRun(deps, { runId: conversation.startedRunId, end: { stopReason: 'error', error } });
    log.warn('settled a run whose execution was ended by force', { runId: conversation.startedRunId, status });
  }
  await deps.conversations.wake(conversation);
}

function isForcedEnd(status: string | null): boolean {
  return status === 'TERMINATED' || status === 'FAILED' || status === 'TIMED_OUT' || status === 'CANCELLED';
}

/** Undefined for a conversation that cannot be asked, as its worker is away or busy: it goes on by itself once there is one. */
async function heldRun(deps: ReconcileDeps, conversation: OpenConversation): Promise<string | null | undefined> {
  try {
    return await deps.conversations.heldRun(conversation);
  } catch (error) {
    log.debug('a conversation did not answer', { conversationId: conversation.conversationId, error });
    return undefined;
  }
}
