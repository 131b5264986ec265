import type { Database } from './database.js';

/** The ids of a conversation's context behind the system message, in order. Under the lock of the conversation's row. */
export async function readContextIds(transaction: Database, conversationId: string): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    'select message_id as id from conversation_messages where conversation_id = $1 and position > 0 order by position',
    [conversationId],
  );
  return rows.map(row => row.id);
}

/** Puts these messages in the place of all that the context holds behind the system message; those that are gone are left out. */
export async function replaceContext(transaction: Database, conversationId: string, ids: readonly string[]): Promise<void> {
  await transaction.query('delete from conversation_messages where conversation_id = $1 and position > 0', [conversationId]);
  await transaction.query(placeSql, [conversationId, ids]);
}

const placeSql = `
with entries as (
  select e.id, row_number() over (order by e.n) as n, count(*) over () as total from unnest($2::text[]) with ordinality as e (id, n) join messages m on m.id = e.id
), lane as (
  update conversations set last_position = last_position + (select count(*) from entries) where id = $1 returning last_position
)
insert into conversation_messages (conversation_id, position, message_id) select $1, lane.last_position - total + n, entries.id from entries, lane`;
