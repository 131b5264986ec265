import type { AgentLifecycleRepository } from '../../repositories/agent-lifecycle.repository.js';
import type { ReconcileRepository } from '../../repositories/reconcile.repository.js';
import { wakeConversations } from '../../temporal/conversation-client.js';
import type { ConversationClient } from '../../temporal/conversation-client.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface WakeAgentDeps {
  readonly agentLifecycle: AgentLifecycleRepository;
  readonly open: ReconcileRepository;
  readonly conversations: Pick<ConversationClient, 'wake'>;
}

export function createWakeAgentWhenDue({ agentLifecycle, open, conversations }: WakeAgentDeps) {
  /**
   * Wakes an agent whose time has come, with its conversations that have something to do. How long it is still to sleep, in ms; null = it does not
   * sleep, or nobody has set a time. Woken conversations are woken again when the activity is repeated.
   */
  return function wakeAgentWhenDue({ agentId }: { readonly agentId: string }): Promise<number | null> {
    return withDatabaseFailures(async () => {
      await agentLifecycle.wakeDue(agentId);
      const remainingMs = await agentLifecycle.remainingSleep(agentId);
      if (remainingMs !== null) return remainingMs;
      await wakeConversations(conversations, await open.conversationsOf(agentId));
      return null;
    });
  };
}
