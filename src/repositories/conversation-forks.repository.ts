import { contextAsOf } from '../domain/context-window/context-as-of.js';
import type { PastCompaction, PastMessage } from '../domain/context-window/context-as-of.js';
import { notFound } from '../domain/errors.js';
import { isolateBlocks } from './conversation-blocks.js';
import type { BlockState } from './conversation-blocks.js';
import { historySql } from './conversation-messages.repository.js';
import { insertConversation } from './conversations.repository.js';
import type { ConversationMembers } from './conversations.repository.js';
import type { Database, TransactionalDatabase } from './database.js';
import { shownBlocks } from './shown-blocks.js';
import { writeSystemMessage } from './system-message.repository.js';

/** From where a fork goes on: as the conversation is now, or as it was after a step or a message. */
export type ForkPoint = { readonly kind: 'now' } | { readonly kind: 'step' | 'message'; readonly id: string };

export interface ForkOrder {
  readonly id: string;
  readonly sourceId: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly agentId: string;
  readonly point: ForkPoint;
}

interface Moment {
  /** The last message of the history that the fork takes over. */
  readonly sequence: string;
  readonly at: Date;
  readonly runId: string | null;
  /** The conversation that the message was written in: of a fork, one that it goes back to. */
  readonly ownerId: string;
}

export function createConversationForksRepository(database: TransactionalDatabase) {
  return {
    /**
     * Another conversation with the same history up to a point: it shares the message rows and has a system message of its own. Forked from an earlier
     * point, it also gets copies of the blocks as they were then. Under the lock of the source's row: steps commit before or after it.
     */
    fork: (order: ForkOrder): Promise<void> =>
      database.transaction(async transaction => {
        const source = await lockSource(transaction, order.sourceId);
        const moment = await findMoment(transaction, order);
        const forkedAtSequence = moment.sequence;
        await insertConversation(transaction, { ...order, ...source.members, forkedFromId: order.sourceId, forkedAtSequence });
        await isolateBlocks(transaction, order, await blocksAt(transaction, order, moment));
        const context = await contextAt(transaction, order, source.clearsContext, moment);
        await transaction.query(placeSql, [order.id, context]);
        await writeSystemMessage(transaction, order.id);
      }),
  };
}

export type ConversationForksRepository = ReturnType<typeof createConversationForksRepository>;

interface Source {
  readonly members: ConversationMembers;
  /** Its agent forgets what came before with each run. */
  readonly clearsContext: boolean;
}

async function lockSource(database: Database, id: string): Promise<Source> {
  const rows = await database.query<Source>(
    `select jsonb_build_object('summary', c.summary, 'model', c.model, 'modelSettings', c.model_settings, 'configChanges', c.config_changes) as members,
            a.message_buffer_autoclear as "clearsContext"
       from conversations c join agents a on a.id = c.agent_id where c.id = $1 and c.deleted_at is null for no key update of c`,
    [id],
  );
  const [source] = rows;
  if (source === undefined) throw notFound('Conversation', id);
  return source;
}

/** A message that belongs to a step means the whole step: its calls are never parted from their returns. A step whose calls wait for answers counts as not done. */
async function findMoment(database: Database, { sourceId, point }: ForkOrder): Promise<Moment> {
  const [moment] = await database.query<Moment>(momentSql, [
    sourceId,
    point.kind === 'step' ? point.id : null,
    point.kind === 'message' ? point.id : null,
  ]);
  if (moment !== undefined) return moment;
  if (point.kind === 'now') return { sequence: '0', at: new Date(), runId: null, ownerId: sourceId };
  throw notFound(point.kind === 'step' ? 'Step' : 'Message', point.id);
}

const momentSql = `
with recursive ${historySql('$1')}, named as (
  select h.id, h.step_id from history h where h.id = $3
)
select h.sequence_id as sequence, coalesce(s.completed_at, h.created_at) as at, h.run_id as "runId", h.conversation_id as "ownerId"
  from history h left join steps s on s.id = h.step_id
 where h.place > 0 and not exists (select from approval_requests q where q.step_id = h.step_id and q.status <> 'closed')
   and ($2::text is null or h.step_id = $2)
   and ($3::text is null or exists (select from named where named.id = h.id or named.step_id = h.step_id))
 order by h.sequence_id desc limit 1`;

/**
 * Now: those that the source has for itself. At an earlier point: every block that was there then, of those that the conversation shows in which it was
 * written. When that one is deleted, the source's own as they were at its beginning are the nearest that is known.
 */
function blocksAt(database: Database, { sourceId, point }: ForkOrder, { at, ownerId }: Moment): Promise<readonly BlockState[]> {
  if (point.kind === 'now') {
    return database.query<BlockState>(
      `select b.id as "blockId", b.version, b.label from blocks_conversations bc join blocks b on b.id = bc.block_id
        where bc.conversation_id = $1 order by bc.created_at, b.id`,
      [sourceId],
    );
  }
  return database.query<BlockState>(
    `select b.id as "blockId", v.version, b.label
       from (select id, created_at from conversations where id in ($1, $2) and deleted_at is null order by id = $2 limit 1) origin
       cross join lateral (${shownBlocks('origin.id')}) b
       join lateral (
         select max(version) as version from block_versions where block_id = b.id and created_at <= greatest($3, origin.created_at)
       ) v on v.version is not null
      order by b.shown_at, b.label`,
    [ownerId, sourceId, at],
  );
}

async function contextAt(
  database: Database,
  { sourceId, point }: ForkOrder,
  clearsContext: boolean,
  moment: Moment,
): Promise<readonly string[]> {
  if (point.kind === 'now') {
    const rows = await database.query<{ id: string }>(
      `select m.id from conversation_messages cm join messages m on m.id = cm.message_id
        where cm.conversation_id = $1 and cm.position > 0 and m.sequence_id <= $2 order by cm.position`,
      [sourceId, moment.sequence],
    );
    return rows.map(row => row.id);
  }
  const [past] = await database.query<{
    messages: readonly (PastMessage & { runId: string | null })[];
    compactions: readonly PastCompaction[];
  }>(pastSql, [sourceId, moment.sequence]);
  const { messages, compactions } = past ?? { messages: [], compactions: [] };
  const remembered = clearsContext ? messages.filter(message => message.runId === moment.runId) : messages;
  return contextAsOf(remembered, compactions);
}

const pastSql = `
with recursive ${historySql('$1')}
select coalesce((select jsonb_agg(jsonb_build_object('id', id, 'sequence', sequence_id, 'runId', run_id)) from history
                  where place between 1 and $2 and not is_err), '[]') as messages,
       coalesce((select jsonb_agg(jsonb_build_object('sequence', x.sequence_id, 'summaryMessageId', x.summary_message_id, 'evicted', x.evicted_message_ids,
                                                       'replaced', x.replaced_message_ids, 'undoneSequence', case when x.undone_sequence_id <= least($2, l.until) then x.undone_sequence_id end))
                   from lineage l join compactions x on x.conversation_id = l.id and x.sequence_id <= least($2, l.until)), '[]') as compactions`;

const placeSql = `
with lane as (
  update conversations set last_position = cardinality($2::text[]) where id = $1
)
insert into conversation_messages (conversation_id, position, message_id) select $1, n, id from unnest($2::text[]) with ordinality as entries (id, n)`;
