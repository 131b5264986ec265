import type { Database } from './database.js';
import { isCancelled, isHeld, isOpen } from './run-conditions.js';

/** A conversation with runs that have not ended. */
export interface OpenConversation {
  readonly conversationId: string;
  readonly agentId: string;
  /** The run that was started, if any: at most one of a conversation is. */
  readonly startedRunId: string | null;
  /** That the started run is to stop. */
  readonly isCancelled: boolean;
}

/** Younger ones are left to those who have just accepted them, in seconds. */
const graceSeconds = 2;

export function createReconcileRepository(database: Database) {
  return {
    /** Conversations that have something to do, by id, after `after`. Those of agents that are held have nothing, unless a run is to stop. */
    openConversations: (after: string, limit: number): Promise<OpenConversation[]> =>
      database.query<OpenConversation>(
        `${openSql} and r.conversation_id > $1 and r.updated_at < now() - interval '${graceSeconds} seconds' ${grouped} limit $2`,
        [after, limit],
      ),

    /** All of an agent that have something to do. */
    conversationsOf: (agentId: string): Promise<OpenConversation[]> =>
      database.query<OpenConversation>(`${openSql} and r.agent_id = $1 ${grouped}`, [agentId]),
  };
}

export type ReconcileRepository = ReturnType<typeof createReconcileRepository>;

const openSql = `
select r.conversation_id as "conversationId", min(r.agent_id) as "agentId", min(r.id) filter (where r.status = 'running') as "startedRunId",
       bool_or(r.status = 'running' and ${isCancelled('r')}) as "isCancelled"
  from runs r where ${isOpen('r')} and (not ${isHeld('r.agent_id')} or ${isCancelled('r')})`;
const grouped = 'group by r.conversation_id order by r.conversation_id';
