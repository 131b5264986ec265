import type { Database } from './database.js';

/** A conversation with runs that have not ended. */
export interface OpenConversation {
  readonly conversationId: string;
  readonly agentId: string;
  /** The run that was started, if any: at most one of a conversation is. */
  readonly startedRunId: string | null;
}

/** Younger ones are left to those who have just accepted them, in seconds. */
const graceSeconds = 2;

export function createReconcileRepository(database: Database) {
  return {
    /** Conversations with open runs, by id, after `after`. */
    openConversations: (after: string, limit: number): Promise<OpenConversation[]> =>
      database.query<OpenConversation>(
        `select conversation_id as "conversationId", min(agent_id) as "agentId", min(id) filter (where status = 'running') as "startedRunId"
           from runs where status in ('created', 'running') and conversation_id > $1 and updated_at < now() - interval '${graceSeconds} seconds'
          group by conversation_id order by conversation_id limit $2`,
        [after, limit],
      ),
  };
}

export type ReconcileRepository = ReturnType<typeof createReconcileRepository>;
