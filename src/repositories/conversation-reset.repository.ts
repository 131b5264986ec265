import { randomUUID } from 'node:crypto';
import type { Message } from '../domain/messages/message.js';
import { denyPending } from './approval-closing.js';
import type { TransactionalDatabase } from './database.js';
import { toMessageRow } from './message-row.js';
import { recompile } from './system-message.repository.js';

export type ResetResult = { readonly kind: 'reset' } | { readonly kind: 'busy'; readonly runId: string };

export function createConversationResetRepository(database: TransactionalDatabase) {
  return {
    /**
     * Empties a conversation's context but for the system message, which is compiled anew, and puts `messages` behind it. Under the lock that accepts
     * take: it is refused while a run or a command is open, and none can begin meanwhile.
     */
    reset: (organizationId: string, conversationId: string, messages: readonly Message[]): Promise<ResetResult> =>
      database.transaction(async transaction => {
        await transaction.query('select from conversations where id = $1 for update', [conversationId]);
        const open = await transaction.query<{ id: string }>(
          `select id from runs where conversation_id = $1 and status in ('created', 'running') order by accept_no limit 1`,
          [conversationId],
        );
        const [busy] = open;
        if (busy !== undefined) return { kind: 'busy', runId: busy.id };
        await denyPending(transaction, conversationId);
        await transaction.query(emptySql, [conversationId, `reset/${randomUUID()}`]);
        const rows = messages.map(message => toMessageRow(message, organizationId));
        await transaction.query(appendSql, [conversationId, JSON.stringify(rows), rows.length]);
        await recompile(transaction, conversationId, false);
        return { kind: 'reset' };
      }),
  };
}

export type ConversationResetRepository = ReturnType<typeof createConversationResetRepository>;

/** What left the context is noted as with a compaction: a fork of an earlier step brings it back. */
const emptySql = `
with gone as (
  delete from conversation_messages where conversation_id = $1 and position > 0 returning position, message_id
)
insert into compactions (id, conversation_id, evicted_message_ids)
select $2, $1, coalesce(jsonb_agg(message_id order by position), '[]') from gone`;

const appendSql = `
with entries as (
  select m.*, row_number() over () as n from jsonb_to_recordset($2::jsonb) as m (
    id text, organization_id text, agent_id text, role text, content jsonb, tool_calls jsonb, tool_returns jsonb, model text, search_text text)
), written as (
  insert into messages (id, organization_id, agent_id, conversation_id, role, content, tool_calls, tool_returns, model, search_text)
  select id, organization_id, agent_id, $1, role, content, tool_calls, tool_returns, model, search_text from entries order by n
), lane as (
  update conversations set last_position = last_position + $3, updated_at = now() where id = $1 returning last_position
)
insert into conversation_messages (conversation_id, position, message_id) select $1, lane.last_position - $3 + n, entries.id from entries, lane`;
