import type { Message } from '../domain/messages/message.js';
import type { Database } from './database.js';
import { toMessageRow } from './message-row.js';

/** Columns of `messages` as they come in as JSON. */
export const messageRecord = `id text, organization_id text, agent_id text, conversation_id text, role text, content jsonb, tool_calls jsonb,
    tool_returns jsonb, approvals jsonb, model text, name text, step_id text, run_id text, otid text, sender_id text, group_id text, is_err boolean,
    search_text text, created_at timestamptz`;

/** A part of a statement: writes the messages of the part `entries`, in the order of its column `n`. */
export const insertEntries = `insert into messages (id, organization_id, agent_id, conversation_id, role, content, tool_calls, tool_returns, approvals, model,
    name, step_id, run_id, otid, sender_id, group_id, is_err, search_text)
  select id, organization_id, agent_id, conversation_id, role, content, tool_calls, tool_returns, approvals, model, name, step_id, run_id, otid, sender_id,
         group_id, is_err, search_text
    from entries order by n`;

/** Puts messages behind all others of a conversation's context. */
export async function appendMessages(
  transaction: Database,
  place: { readonly conversationId: string; readonly organizationId: string },
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  await transaction.query(
    `with entries as (
       select m.*, row_number() over () as n from jsonb_to_recordset($2::jsonb) as m (${messageRecord})
     ), inserted as (
       ${insertEntries}
     ), lane as (
       update conversations set last_position = last_position + $3 where id = $1 returning last_position
     )
     insert into conversation_messages (conversation_id, position, message_id) select $1, lane.last_position - $3 + n, entries.id from entries, lane`,
    [place.conversationId, JSON.stringify(messages.map(message => toMessageRow(message, place.organizationId))), messages.length],
  );
}
