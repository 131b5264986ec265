import type { LifecycleCommand } from '../domain/agents/lifecycle.js';
import type { AgentLifecycleRepository, LifecycleOrder, LifecycleOutcome } from '../repositories/agent-lifecycle.repository.js';
import type { OpenRun, RunListRepository } from '../repositories/run-list.repository.js';
import type { ReconcileRepository } from '../repositories/reconcile.repository.js';
import type { AgentTimers } from './agent-timers.js';
import { wakeConversations } from './conversation-client.js';
import type { ConversationClient } from './conversation-client.js';
import type { RunSubmitter } from './submit-run.js';

export interface AgentCommanderDeps {
  readonly agentLifecycle: AgentLifecycleRepository;
  readonly runs: Pick<RunListRepository, 'openRuns'>;
  readonly openConversations: Pick<ReconcileRepository, 'conversationsOf'>;
  readonly submitter: Pick<RunSubmitter, 'cancel' | 'cancelApprovals'>;
  readonly conversations: Pick<ConversationClient, 'wake'>;
  readonly timers: AgentTimers;
  /** The command has been carried out all the same: reconcile does what is missing. */
  readonly onWakeFailed: (error: unknown, agentId: string) => void;
}

export interface AgentCommander {
  /** Carries out a command of an agent's lifecycle, and tells the workflows that it concerns. */
  command(order: LifecycleOrder): Promise<LifecycleOutcome>;
  /** Ends the workflows of an agent that was deleted together with these runs. */
  forget(agentId: string, runs: readonly OpenRun[]): Promise<void>;
}

const wakingCommands: readonly LifecycleCommand[] = ['resume', 'wake', 'terminate'];

/** Rows first, then signals. A command that was carried out before tells its workflows again: the first time may have been cut off. */
export function createAgentCommander(deps: AgentCommanderDeps): AgentCommander {
  const tell = async (agentId: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      deps.onWakeFailed(error, agentId);
    }
  };
  const endRuns = async (organizationId: string, agentId: string): Promise<void> => {
    const scope = { organizationId, agentIds: [agentId] };
    await deps.submitter.cancel(await deps.runs.openRuns(scope));
    await deps.submitter.cancelApprovals({ ...scope, runIds: null });
  };
  return {
    async command(order) {
      const outcome = await deps.agentLifecycle.apply(order);
      if (outcome.kind !== 'done') return outcome;
      const { agentId, organizationId, command } = order;
      if (outcome.hasTimer) await tell(agentId, () => deps.timers.refresh(agentId));
      if (command === 'terminate') await endRuns(organizationId, agentId);
      // Not by its runs: commands on a context wait in the same queues, and are none.
      if (wakingCommands.includes(command)) {
        const open = await deps.openConversations.conversationsOf(agentId);
        await tell(agentId, () => wakeConversations(deps.conversations, open));
      }
      return outcome;
    },
    async forget(agentId, runs) {
      await tell(agentId, () => deps.timers.end(agentId));
      const running = runs.filter(run => run.isRunning);
      await Promise.all(
        running.map(({ runId, conversationId }) =>
          tell(agentId, () => deps.conversations.wake({ agentId, conversationId }, { cancelRunId: runId })),
        ),
      );
    },
  };
}
