import type { Database } from './database.js';

export interface NewAgentEvent {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  /** Null = for any conversation of the agent. */
  readonly conversationId: string | null;
  readonly name: string;
  readonly payload: unknown;
  /** The client's name for it: one that comes again is the same event. */
  readonly key: string | null;
  readonly windowSeconds: number;
}

export interface AgentEventRecord {
  readonly id: string;
  readonly agentId: string;
  readonly conversationId: string | null;
  readonly name: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The call that has got it. */
  readonly takenBy: string | null;
  readonly takenAt: Date | null;
}

const deletedAtOnce = 1000;

export function createAgentEventsRepository(database: Database) {
  return {
    /** Keeps an event, or finds the one that came under its key before. */
    async add(event: NewAgentEvent): Promise<AgentEventRecord | null> {
      const { id, organizationId, agentId, conversationId, name, payload, key, windowSeconds } = event;
      const rows = await database.query<AgentEventRecord>(
        `insert into agent_events (id, organization_id, agent_id, conversation_id, name, payload, key, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 second')
         on conflict (agent_id, key) where key is not null do nothing returning ${columns}`,
        [id, organizationId, agentId, conversationId, name, JSON.stringify(payload), key, windowSeconds],
      );
      if (rows[0] !== undefined) return rows[0];
      const known = await database.query<AgentEventRecord>(
        `select ${columns} from agent_events where organization_id = $1 and agent_id = $2 and key = $3`,
        [organizationId, agentId, key],
      );
      return known[0] ?? null;
    },

    async find(organizationId: string, agentId: string, id: string): Promise<AgentEventRecord | null> {
      const rows = await database.query<AgentEventRecord>(
        `select ${columns} from agent_events where organization_id = $1 and agent_id = $2 and id = $3`,
        [organizationId, agentId, id],
      );
      return rows[0] ?? null;
    },

    /** Deletes some of those that nobody can get any more. True = there may be others. */
    async deleteExpired(): Promise<boolean> {
      const gone = await database.query<{ id: string }>(
        `delete from agent_events where id in (
           select id from agent_events where expires_at < now() - interval '1 day' order by expires_at limit ${deletedAtOnce} for update skip locked)
         returning id`,
      );
      return gone.length === deletedAtOnce;
    },
  };
}

export type AgentEventsRepository = ReturnType<typeof createAgentEventsRepository>;

const columns = `id, agent_id as "agentId", conversation_id as "conversationId", name, payload, key, created_at as "createdAt", expires_at as "expiresAt",
  taken_by as "takenBy", taken_at as "takenAt"`;
