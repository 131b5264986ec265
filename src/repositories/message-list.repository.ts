import type { Message } from '../domain/messages/message.js';
import type { Database } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import { requireCursors } from './page-cursors.js';
import { createConditions } from './sql-conditions.js';

export interface MessageFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly runId?: string | undefined;
  readonly stepId?: string | undefined;
  readonly groupId?: string | undefined;
  /** `default` = the agent's default conversation, or that of each agent. */
  readonly conversationId?: string | undefined;
  readonly withErrors?: boolean | undefined;
}

export interface MessagePage {
  /** Ids of messages: the one before and the one after the page in time, whatever the order. */
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  /** Which end of the range the page is taken from. */
  readonly newest: boolean;
}

export function createMessageListRepository(database: Database) {
  return {
    async find(organizationId: string, messageId: string): Promise<Message | null> {
      const rows = await database.query<MessageRow>('select * from messages where id = $1 and organization_id = $2', [
        messageId,
        organizationId,
      ]);
      return rows[0] === undefined ? null : toMessage(rows[0]);
    },

    /** A page, always from the oldest to the newest. */
    async list(filter: MessageFilter, page: MessagePage): Promise<Message[]> {
      await requireCursors(database, { name: 'messages', noun: 'Message' }, scopeOf(filter), page);
      const conditions = createConditions();
      conditions.add('m.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.agentId, 'm.agent_id = $?');
      conditions.addIf(filter.runId, 'm.run_id = $?');
      conditions.addIf(filter.stepId, 'm.step_id = $?');
      conditions.addIf(filter.groupId, 'm.group_id = $?');
      if (filter.conversationId === 'default' && filter.agentId !== undefined)
        conditions.add('m.conversation_id in (select id from conversations where agent_id = $? and is_default)', filter.agentId);
      else if (filter.conversationId === 'default')
        conditions.add('(select c.is_default from conversations c where c.id = m.conversation_id) = $?', true);
      else conditions.addIf(filter.conversationId, 'm.conversation_id = $?');
      if (filter.withErrors !== true) conditions.add('m.is_err = $?', false);
      conditions.addIf(page.before, 'm.sequence_id < (select sequence_id from messages where id = $?)');
      conditions.addIf(page.after, 'm.sequence_id > (select sequence_id from messages where id = $?)');
      const tail = `where ${conditions.sql} order by m.sequence_id ${page.newest ? 'desc' : 'asc'} limit ${conditions.parameter(page.limit)}`;
      const rows = await database.query<MessageRow>(`select m.* from messages m ${tail}`, conditions.parameters);
      const messages = rows.map(toMessage);
      return page.newest ? messages.reverse() : messages;
    },
  };
}

export type MessageListRepository = ReturnType<typeof createMessageListRepository>;

function scopeOf({ organizationId, agentId }: MessageFilter) {
  return { organization_id: organizationId, ...(agentId === undefined ? {} : { agent_id: agentId }) };
}
