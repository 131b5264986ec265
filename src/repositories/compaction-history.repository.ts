import { contextWithoutCompaction } from '../domain/context-window/context-without-compaction.js';
import type { CompactionStage } from '../domain/context-window/compaction-stage.js';
import { unpackSummary } from '../domain/messages/packed-summary.js';
import type { CompactionStats } from '../domain/messages/packed-summary.js';
import { notFound } from '../domain/errors.js';
import { readContextIds, replaceContext } from './context-entries.js';
import type { TransactionalDatabase } from './database.js';

export interface CompactionRecord {
  readonly id: string;
  readonly conversationId: string;
  /** Null when a client asked for it. */
  readonly runId: string | null;
  readonly method: CompactionStage | null;
  readonly modelCalls: number | null;
  readonly stats: CompactionStats;
  readonly summaryMessageId: string;
  readonly summary: string;
  readonly evictedIds: readonly string[];
  /** The summary is in the context: not undone, and not compacted or reset itself. */
  readonly isInContext: boolean;
  readonly undoneAt: Date | null;
  readonly createdAt: Date;
}

export interface FoundCompaction extends CompactionRecord {
  /** None of the messages that the summary stands for was deleted, for its age or with its sender. */
  readonly hasAllMessages: boolean;
}

interface CompactionRow extends CompactionRecord {
  readonly text: string;
}

export interface CompactionPage {
  /** Ids of compactions; the one before and the one after the page in time. */
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** Compactions that have happened. Resets are none: they have no summary. */
export function createCompactionHistoryRepository(database: TransactionalDatabase) {
  return {
    async list(organizationId: string, conversationId: string, page: CompactionPage): Promise<CompactionRecord[]> {
      const cursors = [page.before, page.after].filter(cursor => cursor !== null);
      const rows = await database.query<CompactionRow & { isCursor: boolean }>(listSql(page.newestFirst), [
        organizationId,
        conversationId,
        page.before,
        page.after,
        page.limit,
        cursors,
      ]);
      const missing = cursors.find(cursor => !rows.some(row => row.isCursor && row.id === cursor));
      if (missing !== undefined) throw notFound('Compaction', missing);
      return rows.filter(row => !row.isCursor).map(toRecord);
    },

    async find(organizationId: string, conversationId: string, id: string): Promise<FoundCompaction | null> {
      const rows = await database.query<CompactionRow & FoundCompaction>(findSql, [organizationId, conversationId, id]);
      return rows[0] === undefined ? null : toRecord(rows[0]);
    },

    /**
     * Puts the messages of the compaction that a command names in the place of its summary again: one transaction, and once. Nothing happens when the
     * summary is not in the context any more, or one of the messages was deleted: the summary is then all that is known of it. Locks in the order in
     * which steps do: run, conversation, messages.
     */
    undo: (commandId: string): Promise<void> =>
      database.transaction(async transaction => {
        const [command] = await transaction.query<{ conversation_id: string; compaction_id: string }>(
          `select conversation_id, options ->> 'undoesCompaction' as compaction_id from runs where id = $1 and status = 'running' for no key update`,
          [commandId],
        );
        if (command === undefined) return;
        await transaction.query('select from conversations where id = $1 for no key update', [command.conversation_id]);
        const [compaction] = await transaction.query<{ id: string; summary_id: string; replaced: readonly string[] }>(
          `select id, summary_message_id as summary_id, coalesce(replaced_message_ids, evicted_message_ids) as replaced
             from compactions where id = $1 and conversation_id = $2 and summary_message_id is not null and undone_at is null`,
          [command.compaction_id, command.conversation_id],
        );
        if (compaction === undefined) return;
        const context = await readContextIds(transaction, command.conversation_id);
        if (!context.includes(compaction.summary_id)) return;
        // Whoever deletes one of them is waited for.
        const kept = await transaction.query('select id from messages where id = any($1) order by id for key share', [compaction.replaced]);
        if (kept.length < compaction.replaced.length) return;
        const restored = contextWithoutCompaction(context, { summaryId: compaction.summary_id, replacedIds: compaction.replaced });
        await replaceContext(transaction, command.conversation_id, restored);
        await transaction.query(
          `update compactions set undone_at = now(), undone_sequence_id = nextval('messages_sequence_id') where id = $1`,
          [compaction.id],
        );
      }),
  };
}

export type CompactionHistoryRepository = ReturnType<typeof createCompactionHistoryRepository>;

function toRecord<Row extends CompactionRow>({ text, ...row }: Row): Omit<Row, 'text'> {
  return { ...row, summary: unpackSummary(text).summary };
}

const columns = `c.id, c.conversation_id as "conversationId", case when s.run_id is not null then c.run_id end as "runId", c.method, c.model_calls as "modelCalls",
  c.stats, c.summary_message_id as "summaryMessageId", s.content -> 0 ->> 'text' as text, c.evicted_message_ids as "evictedIds",
  exists (select from conversation_messages cm where cm.conversation_id = c.conversation_id and cm.message_id = c.summary_message_id) as "isInContext",
  c.undone_at as "undoneAt", c.created_at as "createdAt", c.sequence_id`;

const source = `compactions c join messages s on s.id = c.summary_message_id where s.organization_id = $1 and c.conversation_id = $2`;

const findSql = `
select ${columns}, not exists (
         select from jsonb_array_elements_text(coalesce(c.replaced_message_ids, c.evicted_message_ids)) as replaced (id)
          where not exists (select from messages m where m.id = replaced.id)) as "hasAllMessages"
  from ${source} and c.id = $3`;

/** The page and, told apart, the compactions that its cursors name. */
function listSql(newestFirst: boolean): string {
  const order = newestFirst ? 'desc' : 'asc';
  return `
with cursors as (
  select ${columns}, true as "isCursor" from ${source} and c.id = any($6)
), page as (
  select ${columns}, false as "isCursor" from ${source}
     and ($3::text is null or c.sequence_id < (select sequence_id from cursors where id = $3))
     and ($4::text is null or c.sequence_id > (select sequence_id from cursors where id = $4))
   order by c.sequence_id ${order} limit $5
)
select * from cursors union all select * from page order by sequence_id ${order}`;
}
