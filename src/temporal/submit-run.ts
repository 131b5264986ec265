import type { RunEventLog } from '../events/run-event-log.js';
import type { AcceptResult, RunRepeat, RunRequest } from '../domain/runs/run-request.js';
import type { CallAnswer } from '../domain/messages/content.js';
import type { ApprovalScope, ApprovalsRepository, RecordedAnswers } from '../repositories/approvals.repository.js';
import type { AgentLifecycleRepository } from '../repositories/agent-lifecycle.repository.js';
import type { RunAcceptRepository } from '../repositories/run-accept.repository.js';
import type { CancelOutcome, RunLifecycleRepository } from '../repositories/run-lifecycle.repository.js';
import type { ReconcileRepository } from '../repositories/reconcile.repository.js';
import type { WakeMessage } from '../workflows/messages.js';
import { wakeConversations } from './conversation-client.js';
import type { ConversationClient } from './conversation-client.js';
import type { FirstRun } from '../workflows/search-attributes.js';

export interface SubmitRunDeps {
  readonly accepts: RunAcceptRepository;
  readonly lifecycle: RunLifecycleRepository;
  readonly approvals: Pick<ApprovalsRepository, 'cancelPending' | 'recordAnswers'>;
  readonly agentLifecycle: Pick<AgentLifecycleRepository, 'wakeDue'>;
  readonly openConversations: Pick<ReconcileRepository, 'conversationsOf'>;
  readonly conversations: ConversationClient;
  readonly events: Pick<RunEventLog, 'announce'>;
  /** The run is accepted all the same: reconcile wakes its conversation later. */
  readonly onWakeFailed: (error: unknown, runId: string) => void;
}

export interface RunPlace {
  readonly runId: string;
  readonly agentId: string;
  readonly conversationId: string;
}

export interface RunSubmitter {
  submit(request: RunRequest): Promise<AcceptResult>;
  /** Has a request that was accepted before answered by its run; null when it was not. */
  attach(repeat: RunRepeat): Promise<AcceptResult | null>;
  /** Asks runs to stop; those that have not started have ended when this returns. Those that had ended before are left out of the answer. */
  cancel(runs: readonly RunPlace[]): Promise<CancelOutcome[]>;
  /** Answers calls of an approval request; the agent goes on when each has an answer. */
  answerApproval(organizationId: string, id: string, answers: readonly CallAnswer[]): Promise<RecordedAnswers>;
  /** Denies what waits for an answer; the runs that asked count as cancelled. Their ids. */
  cancelApprovals(scope: ApprovalScope): Promise<readonly string[]>;
}

/** Rows first, then the signal: what was accepted survives whatever happens in between. */
export function createRunSubmitter(deps: SubmitRunDeps): RunSubmitter {
  const wake = async ({ runId, ...conversation }: RunPlace, message: WakeMessage, first?: FirstRun): Promise<void> => {
    try {
      await deps.conversations.wake(conversation, message, first);
    } catch (error) {
      deps.onWakeFailed(error, runId);
    }
  };
  /** A message may wake its agent, and then everything that waits in the agent's other conversations. */
  const wakeAgent = async ({ agentId }: Pick<RunRequest, 'agentId'>, runId: string): Promise<void> => {
    if ((await deps.agentLifecycle.wakeDue(agentId)).length === 0) return;
    const open = await deps.openConversations.conversationsOf(agentId);
    await wakeConversations(deps.conversations, open).catch((error: unknown) => deps.onWakeFailed(error, runId));
  };
  const tell = async (request: Pick<RunRequest, 'agentId'>, accepted: AcceptResult): Promise<void> => {
    // An attached request wakes as well: it may be here because the first one's signal was lost.
    if (accepted.kind !== 'accepted' && accepted.kind !== 'attached') return;
    const { runId, conversationId, interruptsRunId, acceptNo, modelHandle } = accepted;
    const message = {
      ...(interruptsRunId === null ? {} : { cancelRunId: interruptsRunId }),
      ...(acceptNo === null ? {} : { acceptNo }),
    };
    if (accepted.isAsleep) await wakeAgent(request, runId);
    const first = modelHandle === null ? undefined : { runId, modelHandle };
    await wake({ runId, agentId: request.agentId, conversationId }, message, first);
  };
  return {
    async submit(request) {
      const accepted = await deps.accepts.acceptRun(request);
      await tell(request, accepted);
      return accepted;
    },
    async attach(repeat) {
      const attached = await deps.accepts.findRepeat(repeat);
      if (attached !== null) await tell(repeat, attached);
      return attached;
    },
    async answerApproval(organizationId, id, answers) {
      const recorded = await deps.approvals.recordAnswers(organizationId, id, answers);
      if (recorded.kind === 'complete') await tell(recorded.request, recorded.result);
      return recorded;
    },
    async cancel(runs) {
      const outcomes = await deps.lifecycle.requestCancel(runs.map(run => run.runId));
      const by = (wanted: CancelOutcome['outcome']) =>
        runs.filter(run => outcomes.some(({ runId, outcome }) => runId === run.runId && outcome === wanted));
      for (const { runId } of by('settled')) deps.events.announce(runId, true);
      await Promise.all(by('requested').map(run => wake(run, { cancelRunId: run.runId })));
      return outcomes;
    },
    async cancelApprovals(scope) {
      const cancelled = await deps.approvals.cancelPending(scope);
      // Messages that were accepted meanwhile have waited behind the request.
      for (const run of cancelled) await wake(run, {});
      return cancelled.map(({ runId }) => runId);
    },
  };
}
