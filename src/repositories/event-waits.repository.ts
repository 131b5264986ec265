import type { ToolReturn } from '../domain/messages/content.js';
import type { TransactionalDatabase } from './database.js';
import type { EndedToolCall } from './tool-calls.repository.js';

export interface TakenEvent {
  readonly name: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

export interface EventWait {
  /** Of the call. */
  readonly id: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly eventName: string;
}

/** Younger ones are left to those who have just reported them, in seconds. */
const graceSeconds = 2;
/** Calls that are woken by one event; those behind them are woken when it has found none of these. */
const mostWoken = 100;

/** Calls that wait, and the events that end them. */
export function createEventWaitsRepository(database: TransactionalDatabase) {
  return {
    /** Notes what a call waits for; the time that was noted first stays. */
    async open(callId: string, { eventName, until }: { readonly eventName: string | null; readonly until: Date }): Promise<Date> {
      const rows = await database.query<{ wakes_at: Date }>(
        `update tool_calls set waits_for = $2, wakes_at = coalesce(wakes_at, $3) where id = $1 and status = 'started' returning wakes_at`,
        [callId, eventName, until],
      );
      return rows[0]?.wakes_at ?? until;
    },

    /** Gives a call the oldest event that fits, and ends it with that, in one transaction. Null when there is none, or the call has ended. */
    take: (wait: EventWait, toReturn: (event: TakenEvent) => ToolReturn): Promise<EndedToolCall | null> =>
      database.transaction(async transaction => {
        const [call] = await transaction.query(`select id from tool_calls where id = $1 and status = 'started' for update`, [wait.id]);
        if (call === undefined) return null;
        const [event] = await transaction.query<TakenEvent>(takeSql, [wait.id, wait.agentId, wait.conversationId, wait.eventName]);
        if (event === undefined) return null;
        const result = toReturn(event);
        await transaction.query(`update tool_calls set status = 'finished', result = $2, finished_at = now() where id = $1`, [
          wait.id,
          JSON.stringify(result),
        ]);
        return { status: 'finished', result };
      }),

    /** The calls that an event may end. */
    async waitingFor(agentId: string, conversationId: string | null, eventName: string): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `select tc.id from tool_calls tc join runs r on r.id = tc.run_id
          where tc.status = 'started' and tc.waits_for = $3 and r.agent_id = $1 and ($2::text is null or r.conversation_id = $2)
          order by tc.started_at limit ${mostWoken}`,
        [agentId, conversationId, eventName],
      );
      return rows.map(row => row.id);
    },

    /** Calls whose event is there and has not ended them, by id, after `after`. */
    async listUnheard(after: string, limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `select tc.id from tool_calls tc join runs r on r.id = tc.run_id
          where tc.status = 'started' and tc.waits_for is not null and tc.id > $1 and exists (
            select from agent_events e
             where e.agent_id = r.agent_id and e.name = tc.waits_for and e.taken_by is null and e.expires_at > now()
               and (e.conversation_id is null or e.conversation_id = r.conversation_id) and e.created_at < now() - interval '${graceSeconds} seconds')
          order by tc.id limit $2`,
        [after, limit],
      );
      return rows.map(row => row.id);
    },
  };
}

export type EventWaitsRepository = ReturnType<typeof createEventWaitsRepository>;

const takeSql = `
update agent_events set taken_by = $1, taken_at = now()
 where id = (select e.id from agent_events e
              where e.agent_id = $2 and e.name = $4 and e.taken_by is null and e.expires_at > now()
                and (e.conversation_id is null or e.conversation_id = $3)
              order by e.created_at, e.id limit 1 for update skip locked)
returning name, payload, created_at as "createdAt"`;
