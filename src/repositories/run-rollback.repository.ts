import { contextWithoutRun } from '../domain/context-window/context-without-compaction.js';
import type { PlacedCompaction } from '../domain/context-window/context-without-compaction.js';
import { labelsToRestore } from '../domain/memory/labels-to-restore.js';
import type { AttachedBlock } from '../domain/memory/labels-to-restore.js';
import { planCompensations } from './compensations.repository.js';
import { readContextIds, replaceContext } from './context-entries.js';
import type { Database, TransactionalDatabase } from './database.js';
import { markStale, markStaleAgents, markStaleReaders } from './stale-conversations.js';

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
        await planCompensations(transaction, runId, 'rollback');
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
  /** The newest that others made; null = the run made the block. */
  readonly others: number | null;
  readonly oldLabel: string | null;
  /** The first that the run made. */
  readonly first: number;
}

/** Back to the newest version that is not the run's. What others have changed since stays; the labels of the blocks where that is so. */
async function undoBlocks(transaction: Database, runId: string): Promise<string[]> {
  await transaction.query(`select b.id from blocks b where b.id in (${touchedIds}) order by b.id for update`, [runId]);
  await transaction.query(lockShowingSql, [runId]);
  const blocks = await transaction.query<TouchedBlock>(touchedSql, [runId]);
  await transaction.query(removeMadeSql, [runId]);
  const restored = blocks.filter(block => block.others !== null && block.others < block.version);
  const labels = await labelsAfter(transaction, restored);
  for (const { id, version, others } of restored) {
    await transaction.query(restoreSql, [id, version, others, runId, labels.get(id)]);
  }
  await transaction.query(attachAgainSql, [runId]);
  return blocks
    .filter(({ id, others, first, oldLabel }) => others !== null && (first < others || (labels.has(id) && labels.get(id) !== oldLabel)))
    .map(block => labels.get(block.id) ?? block.label);
}

/** The old labels, but for those that an agent has given to another block meanwhile. Until each block is restored, its id is its label. */
async function labelsAfter(transaction: Database, restored: readonly TouchedBlock[]): Promise<ReadonlyMap<string, string>> {
  const ids = restored.map(block => block.id);
  const attached = await transaction.query<AttachedBlock>(neighboursSql, [ids]);
  const labels = labelsToRestore(restored, attached);
  await transaction.query('update blocks_agents set block_label = block_id where block_id = any($1)', [ids]);
  return labels;
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

/** All conversations that the changes of the blocks make stale, before the first of them does. */
const lockShowingSql = `
select c.id from conversations c
 where c.agent_id in (select ba.agent_id from blocks_agents ba where ba.block_id in (${touchedIds}) union all select r.agent_id from runs r where r.id = $1)
    or c.id in (select bc.conversation_id from blocks_conversations bc where bc.block_id in (${touchedIds}))
 order by c.id for no key update`;

const touchedSql = `
select b.id, b.label, b.version, own.others, own.first, v.label as "oldLabel"
  from blocks b cross join lateral (
    select max(w.version) filter (where s.id is null) as others, min(w.version) filter (where s.id is not null) as first
      from block_versions w left join steps s on s.id = w.step_id and s.run_id = $1 where w.block_id = b.id) own
  left join block_versions v on v.block_id = b.id and v.version = own.others
 where b.id in (${touchedIds})`;

/** The blocks of every agent that has one of the given ones. */
const neighboursSql = `
select ba.agent_id as "agentId", ba.block_id as "blockId", ba.block_label as label from blocks_agents ba
 where ba.agent_id in (select agent_id from blocks_agents where block_id = any($1))`;

/** A version of its own, as every edit is: nothing that was ever there is lost. */
const restoreSql = `
with edited as (
  update blocks b set value = v.value, description = v.description, label = $5, version = b.version + 1, updated_at = now()
    from block_versions v where b.id = $1 and b.version = $2 and v.block_id = b.id and v.version = $3 returning b.*
), kept as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, author_type, author_id)
  select id, version, label, value, char_limit, description, read_only, 'rollback', 'system', $4 from edited
), relabelled as (
  update blocks_agents ba set block_label = edited.label from edited where ba.block_id = edited.id
), ${markStale('edited')}
select id from edited`;

const ownSql = (action: 'create' | 'detach'): string => `
  select distinct v.block_id, r.agent_id from runs r join steps s on s.run_id = r.id join block_versions v on v.step_id = s.id
   where r.id = $1 and v.action = '${action}'`;

/** What the run has made leaves its agent. */
const removeMadeSql = `
with removed as (
  delete from blocks_agents ba using (${ownSql('create')}) own where ba.block_id = own.block_id and ba.agent_id = own.agent_id returning ba.agent_id
), ${markStaleAgents('removed')} select agent_id from removed`;

/** What the run has taken from its agent comes back, unless the agent has another block of that label by now. */
const attachAgainSql = `
with back as (
  insert into blocks_agents (agent_id, block_id, block_label)
  select own.agent_id, b.id, b.label from (${ownSql('detach')} except ${ownSql('create')}) own join blocks b on b.id = own.block_id
  on conflict do nothing returning agent_id
), ${markStaleAgents('back')} select agent_id from back`;

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
