import type { AcceptResult, RunRequest } from '../domain/runs/run-request.js';
import type { RunAcceptRepository } from '../repositories/run-accept.repository.js';
import type { RunLifecycleRepository } from '../repositories/run-lifecycle.repository.js';
import type { ConversationClient } from './conversation-client.js';

export interface SubmitRunDeps {
  readonly accepts: RunAcceptRepository;
  readonly lifecycle: RunLifecycleRepository;
  readonly conversations: ConversationClient;
  /** The run is accepted all the same: reconcile wakes its conversation later. */
  readonly onWakeFailed: (error: unknown, runId: string) => void;
}

export interface RunSubmitter {
  submit(request: RunRequest): Promise<AcceptResult>;
  /** Asks a run to stop; one that has not started has ended when this returns. */
  cancel(run: {
    readonly runId: string;
    readonly agentId: string;
    readonly conversationId: string;
  }): Promise<'settled' | 'requested' | 'already-ended'>;
}

/** Rows first, then the signal: what was accepted survives whatever happens in between. */
export function createRunSubmitter(deps: SubmitRunDeps): RunSubmitter {
  const wake = async (runId: string, conversation: { agentId: string; conversationId: string }, cancels: boolean): Promise<void> => {
    try {
      await deps.conversations.wake(conversation, cancels ? { cancelRunId: runId } : {});
    } catch (error) {
      deps.onWakeFailed(error, runId);
    }
  };
  return {
    async submit(request) {
      const accepted = await deps.accepts.acceptRun(request);
      // An attached request wakes as well: it may be here because the first one's signal was lost.
      if (accepted.kind === 'accepted' || accepted.kind === 'attached') {
        await wake(accepted.runId, { agentId: request.agentId, conversationId: accepted.conversationId }, false);
      }
      return accepted;
    },
    async cancel({ runId, agentId, conversationId }) {
      const result = await deps.lifecycle.requestCancel(runId);
      if (result === 'requested') await wake(runId, { agentId, conversationId }, true);
      return result;
    },
  };
}
