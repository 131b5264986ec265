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
      const conversation = conditions.parameter(filter.conversationId);
      const limit = conditions.parameter(page.limit);
      const placeOf = (cursor: string | null, otherwise: string): string =>
        cursor === null ? otherwise : `coalesce(${placeSql(conversation, conditions.parameter(cursor))}, ${otherwise})`;
      const [lower, upper] = page.ascending ? [page.after, page.before] : [page.before, page.after];
      const ends = { lower: placeOf(lower, '-1'), upper: placeOf(upper, largestPlace) };
      const chosen = createConditions(conditions);
      chosen.addIf(filter.groupId, 'm.group_id = $?');
      if (filter.withErrors !== true) chosen.add('m.is_err = $?', false);
      const direction = page.ascending ? 'asc' : 'desc';
      const rows = await database.query<MessageRow>(
        `with recursive ${lineageSql(conversation)}, ends as materialized (
           select ${ends.lower} as lower, ${ends.upper} as upper
         ), page as (
           select m.*, 0 as place from conversation_messages s join messages m on m.id = s.message_id, ends
            where s.conversation_id = ${conversation} and s.position = 0 and ends.lower < 0 and ends.upper > 0 and ${chosen.sql}
           union all
           select part.* from lineage l cross join lateral (
             select m.*, m.sequence_id as place from messages m
              where m.conversation_id = l.id and m.sequence_id <= coalesce(l.until, ${largestPlace})
                and m.sequence_id > (select lower from ends) and m.sequence_id < (select upper from ends)
                and m.id is distinct from (${systemSql('l.id')}) and ${chosen.sql}
              order by m.sequence_id ${direction} limit ${limit}
           ) part
         )
         select * from page order by place ${direction} limit ${limit}`,
        conditions.parameters,
      );
      return rows.map(toMessage);
    },
  };
}

export type ConversationMessagesRepository = ReturnType<typeof createConversationMessagesRepository>;

const largestPlace = '9223372036854775807';

/** The id of a conversation's system message. */
function systemSql(conversation: string): string {
  return `select s.message_id from conversation_messages s where s.conversation_id = ${conversation} and s.position = 0`;
}

/** The place of a message in the history, null when it is none of it. */
function placeSql(conversation: string, messageId: string): string {
  return `(select case when k.id is distinct from (${systemSql('l.id')}) then k.sequence_id when l.id = ${conversation} then 0 end
             from messages k join lineage l on l.id = k.conversation_id and (l.until is null or k.sequence_id <= l.until) where k.id = ${messageId})`;
}

/** A part of a `with recursive`: a conversation, and those whose history it has taken over, each up to `until`. */
function lineageSql(conversation: string): string {
  return `lineage as (
  select c.id, c.forked_from_id, c.forked_at_sequence, null::bigint as until from conversations c where c.id = ${conversation}
  union all
  select c.id, c.forked_from_id, c.forked_at_sequence, least(l.until, l.forked_at_sequence) from lineage l join conversations c on c.id = l.forked_from_id
)`;
}

/** Parts of a `with recursive`: `history` = the rows of `messages` with their `place`, 0 for the system message. `conversation` = an expression for its id. */
export function historySql(conversation: string): string {
  return `${lineageSql(conversation)}, history as (
  select m.*, case when s.message_id is null then m.sequence_id else 0 end as place
    from lineage l join messages m on m.conversation_id = l.id and (l.until is null or m.sequence_id <= l.until)
    left join conversation_messages s on s.conversation_id = l.id and s.position = 0 and s.message_id = m.id
   where s.message_id is null or l.id = ${conversation}
)`;
}
