import { contextWithoutRun } from '../domain/context-window/context-without-compaction.js';
import type { PlacedCompaction } from '../domain/context-window/context-without-compaction.js';
import { readContextIds, replaceContext } from './context-entries.js';
import type { Database, TransactionalDatabase } from './database.js';
import { markStale, markStaleReaders } from './stale-conversations.js';

export function createRunRollbackRepository(database: TransactionalDatabase) {
  return {
    /**
     * Undoes what a run that has ended did to its conversation and its memory: one transaction, and once. Locks in the order of
     * docs/design/locks.md.
     */
    undo: (runId: string): Promise<void> =>
      database.transaction(async transaction => {
        const [run] = await transaction.query<{ conversation_id: string }>(
          `select conversation_id from runs where id = $1 and status not in ('created', 'running') and not metadata ? 'rollback' for update`,
          [runId],
        );
        if (run === undefined) return;
        const keptBlocks = await undoBlocks(transaction, runId);
        await transaction.query(undoPassagesSql, [runId]);
        await undoMessages(transaction, runId, run.conversation_id);
        await transaction.query(
          `update runs set metadata = metadata || jsonb_build_object('rollback', $2::jsonb), updated_at = now() where id = $1`,
          [runId, JSON.stringify({ blocks_kept: keptBlocks })],
        );
      }),
  };
}

export type RunRollbackRepository = ReturnType<typeof createRunRollbackRepository>;

interface TouchedBlock {
  readonly id: string;
  readonly label: string;
  readonly version: number;
  /** The newest that others made. */
  readonly others: number;
  /** The first that the run made. */
  readonly first: number;
}

/** Back to the newest version that is not the run's. What others have changed since stays; the labels of the blocks where that is so. */
async function undoBlocks(transaction: Database, runId: string): Promise<string[]> {
  await transaction.query(`select b.id from blocks b where b.id in (${touchedIds}) order by b.id for update`, [runId]);
  const blocks = await transaction.query<TouchedBlock>(touchedSql, [runId]);
  for (const block of blocks) {
    if (block.others < block.version) await transaction.query(restoreSql, [block.id, block.version, block.others, runId]);
  }
  await transaction.query(undoAttachmentsSql, [runId]);
  return blocks.filter(block => block.first < block.others).map(block => block.label);
}

async function undoMessages(transaction: Database, runId: string, conversationId: string): Promise<void> {
  await transaction.query('select from conversations where id = $1 for no key update', [conversationId]);
  const undone = await transaction.query<{ id: string }>(undoneMessagesSql, [runId]);
  const compactions = await transaction.query<PlacedCompaction>(
    `select summary_message_id as "summaryId", coalesce(replaced_message_ids, evicted_message_ids) as "replacedIds"
       from compactions where run_id = $1 and undone_at is null order by sequence_id desc`,
    [runId],
  );
  const ids = undone.map(message => message.id);
  if (compactions.length === 0) {
    await transaction.query('delete from conversation_messages where conversation_id = $1 and message_id = any($2)', [conversationId, ids]);
    return;
  }
  const context = await readContextIds(transaction, conversationId);
  await replaceContext(transaction, conversationId, contextWithoutRun(context, compactions, new Set(ids)));
  // What is forked from an earlier point must not find them either.
  await transaction.query('delete from compactions where run_id = $1', [runId]);
}

const touchedIds = 'select v.block_id from block_versions v join steps s on s.id = v.step_id where s.run_id = $1';

const touchedSql = `
select b.id, b.label, b.version, coalesce(max(v.version) filter (where s.id is null), b.version) as others, min(v.version) filter (where s.id is not null) as first
  from blocks b join block_versions v on v.block_id = b.id left join steps s on s.id = v.step_id and s.run_id = $1
 where b.id in (${touchedIds}) group by b.id`;

/** An agent that has the block has got another one of the old label meanwhile. */
const labelIsTaken = `exists (
  select from blocks_agents mine join blocks_agents other on other.agent_id = mine.agent_id and other.block_id <> mine.block_id
   where mine.block_id = b.id and other.block_label = v.label)`;

/** A version of its own, as every edit is: nothing that was ever there is lost. */
const restoreSql = `
with edited as (
  update blocks b set value = v.value, description = v.description, version = b.version + 1, updated_at = now(),
         label = case when ${labelIsTaken} then b.label else v.label end
    from block_versions v where b.id = $1 and b.version = $2 and v.block_id = b.id and v.version = $3 returning b.*
), kept as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, author_type, author_id)
  select id, version, label, value, char_limit, description, read_only, 'rollback', 'system', $4 from edited
), relabelled as (
  update blocks_agents ba set block_label = edited.label from edited where ba.block_id = edited.id and ba.block_label <> edited.label
), ${markStale('edited')}
select id from edited`;

/** What the run has made leaves its agent, and what it has taken from it comes back, unless the agent has another block of that label by now. */
const undoAttachmentsSql = `
with own as (
  select v.block_id, bool_or(v.action = 'create') as is_made, bool_or(v.action = 'detach') as is_detached, r.agent_id
    from runs r join steps s on s.run_id = r.id join block_versions v on v.step_id = s.id
   where r.id = $1 and v.action in ('create', 'detach') group by v.block_id, r.agent_id
), removed as (
  delete from blocks_agents ba using own where own.is_made and ba.block_id = own.block_id and ba.agent_id = own.agent_id
), back as (
  insert into blocks_agents (agent_id, block_id, block_label)
  select own.agent_id, b.id, b.label from own join blocks b on b.id = own.block_id where own.is_detached and not own.is_made
  on conflict do nothing
)
update conversations c set system_stale = true from own where c.agent_id = own.agent_id`;

/** Of the run's own steps, as with blocks: what it has carried out because it was allowed belongs to the run that asked. */
const undoPassagesSql = `
with gone as (
  delete from passages p using tool_calls t where t.run_id = $1 and t.step_id in (select id from steps where run_id = $1) and p.tool_call_id = t.id returning p.archive_id
), ${markStaleReaders('gone')}
select archive_id from gone`;

/** What closes the calls of another run's request for approval stays: these calls were made, and are answered. */
const undoneMessagesSql = `
update messages m set is_err = true
 where m.run_id = $1 and (m.step_id in (select id from steps where run_id = $1) or m.step_id is null and m.role not in ('approval_request', 'approval_response', 'tool'))
returning m.id`;
