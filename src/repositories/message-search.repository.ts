import type { Message, MessageRole } from '../domain/messages/message.js';
import type { Database } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import { wordQuery } from './passage-search.repository.js';

export interface MessageSearch {
  readonly agentId: string;
  /** Null lists by time alone, newest first. */
  readonly query: string | null;
  readonly roles: readonly MessageRole[];
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly limit: number;
}

export interface FoundMessage {
  readonly message: Message;
  readonly rank: number | null;
}

export function createMessageSearchRepository(database: Database) {
  return {
    /** Searches all messages of an agent, in the context or not, by their words. */
    async search(search: MessageSearch): Promise<FoundMessage[]> {
      const query = search.query?.trim() ?? '';
      const rows = await database.query<{ message: MessageRow; rank: number | null }>(query === '' ? byTimeSql : byWordsSql, [
        search.agentId,
        search.roles,
        search.startAt,
        search.endAt,
        search.limit,
        ...(query === '' ? [] : [query]),
      ]);
      return rows.map(row => ({ message: toMessage(row.message), rank: row.rank }));
    },
  };
}

export type MessageSearchRepository = ReturnType<typeof createMessageSearchRepository>;

const conditions = `m.agent_id = $1 and not m.is_err and m.role = any($2) and m.search_text <> ''
   and ($3::timestamptz is null or m.created_at >= $3) and ($4::timestamptz is null or m.created_at <= $4)`;

const byTimeSql = `select to_jsonb(m) as message, null::float8 as rank from messages m where ${conditions} order by m.sequence_id desc limit $5`;

/** Words that the dictionary drops ("who are you") match nothing; then the text itself is looked for. */
const byWordsSql = `
with asked as (${wordQuery('$6')})
select to_jsonb(m) as message, ts_rank(to_tsvector('english', m.search_text), asked.q)::float8 as rank
  from messages m, asked
 where ${conditions} and (to_tsvector('english', m.search_text) @@ asked.q or (numnode(asked.q) = 0 and m.search_text ilike '%' || $6 || '%'))
 order by rank desc, m.sequence_id desc limit $5`;
