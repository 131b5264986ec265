import type { Message } from '../domain/messages/message.js';
import type { Database } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import { createConditions } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

export interface ConversationMessageFilter {
  readonly conversationId: string;
  readonly groupId?: string | undefined;
  readonly withErrors?: boolean | undefined;
}

export function createConversationMessagesRepository(database: Database) {
  return {
    /**
     * All messages of a conversation, in the context or not, those included that a fork has taken over: the system message first, then in the order of
     * time. `after` and `before` follow the direction of the list, and an unknown cursor counts for nothing, as in V1.
     */
    async list(filter: ConversationMessageFilter, page: KeysetPage): Promise<Message[]> {
      const conditions = createConditions();
      const history = historySql(conditions.parameter(filter.conversationId));
      conditions.addIf(filter.groupId, 'h.group_id = $?');
      if (filter.withErrors !== true) conditions.add('h.is_err = $?', false);
      const bound = (cursor: string | null, operator: '<' | '>'): void => {
        conditions.addIf(
          cursor,
          `(h.place ${operator} (select k.place from history k where k.id = $?) or not exists (select from history k where k.id = $?))`,
        );
      };
      bound(page.after, page.ascending ? '>' : '<');
      bound(page.before, page.ascending ? '<' : '>');
      const direction = page.ascending ? 'asc' : 'desc';
      const rows = await database.query<MessageRow>(
        `with recursive ${history} select h.* from history h where ${conditions.sql} order by h.place ${direction} limit ${conditions.parameter(page.limit)}`,
        conditions.parameters,
      );
      return rows.map(toMessage);
    },
  };
}

export type ConversationMessagesRepository = ReturnType<typeof createConversationMessagesRepository>;

/** Parts of a `with recursive`: `history` = the rows of `messages` with their `place`, 0 for the system message. `conversation` = an expression for its id. */
export function historySql(conversation: string): string {
  return `lineage as (
  select c.id, c.forked_from_id, c.forked_at_sequence, null::bigint as until from conversations c where c.id = ${conversation}
  union all
  select c.id, c.forked_from_id, c.forked_at_sequence, least(l.until, l.forked_at_sequence) from lineage l join conversations c on c.id = l.forked_from_id
), history as (
  select m.*, case when s.message_id is null then m.sequence_id else 0 end as place
    from lineage l join messages m on m.conversation_id = l.id and (l.until is null or m.sequence_id <= l.until)
    left join conversation_messages s on s.conversation_id = l.id and s.position = 0 and s.message_id = m.id
   where s.message_id is null or l.id = ${conversation}
)`;
}
