import { RequestError } from '../domain/errors.js';
import type { ModelConfig } from '../domain/model/model-config.js';
import { denyPending } from './approval-closing.js';
import { contains } from './contains.js';
import { isolateBlocks } from './conversation-blocks.js';
import type { BlockState } from './conversation-blocks.js';
import type { Database, TransactionalDatabase } from './database.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';
import { writeSystemMessage } from './system-message.repository.js';

/** A conversation that a client made, as the API shows it. */
export interface ConversationRecord {
  readonly id: string;
  readonly agentId: string;
  readonly agentType: string;
  readonly summary: string | null;
  readonly model: string | null;
  readonly modelSettings: Readonly<Record<string, unknown>> | null;
  readonly lastMessageAt: Date | null;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly inContextMessageIds: readonly string[];
  readonly isolatedBlockIds: readonly string[];
}

export interface ConversationMembers {
  readonly summary?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly modelSettings?: Readonly<Record<string, unknown>> | null | undefined;
  /** What the settings change in the model's config. */
  readonly configChanges?: Partial<ModelConfig> | null | undefined;
}

export interface NewConversation extends ConversationMembers {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly agentId: string;
  /** Labels of the agent's blocks of which the conversation gets copies of its own. */
  readonly isolatedLabels: readonly string[];
}

export type ConversationOrder = 'created_at' | 'last_run_completion' | 'last_message_at';

export interface ConversationFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly summarySearch?: string | undefined;
}

export interface OpenRun {
  readonly id: string;
  readonly agentId: string;
}

const columns = `c.id, c.agent_id as "agentId", a.agent_type as "agentType", c.summary, c.model, c.model_settings as "modelSettings",
  c.last_message_at as "lastMessageAt", c.created_by_id as "createdById", c.last_updated_by_id as "lastUpdatedById", c.created_at as "createdAt",
  c.updated_at as "updatedAt",
  coalesce((select jsonb_agg(cm.message_id order by cm.position) from conversation_messages cm where cm.conversation_id = c.id), '[]') as "inContextMessageIds",
  coalesce((select jsonb_agg(bc.block_id order by bc.created_at, bc.block_id) from blocks_conversations bc where bc.conversation_id = c.id), '[]') as "isolatedBlockIds"`;

/** A conversation belongs to the organisation of its agent. */
const ofOrganizations = '(select k.id, a.organization_id from conversations k join agents a on a.id = k.agent_id) owned';

/** The time of the last run's end is looked up: to keep it on the row would cost every run a lock. */
const withCompletion = `(select k.*, (select max(r.completed_at) from runs r where r.conversation_id = k.id and r.command is null) as last_run_completion
  from conversations k)`;

export function createConversationsRepository(database: TransactionalDatabase) {
  return {
    /** With a system message of its own, compiled now. Throws what V1 answers when there is no such agent, or no block of a label. */
    create: (conversation: NewConversation): Promise<void> =>
      database.transaction(async transaction => {
        await insertConversation(transaction, conversation);
        await isolateBlocks(transaction, conversation, await statesOfLabels(transaction, conversation));
        await writeSystemMessage(transaction, conversation.id);
      }),

    /** Null for a default conversation too: on the wire there is none. */
    async find(organizationId: string, id: string): Promise<ConversationRecord | null> {
      const rows = await database.query<ConversationRecord>(
        `select ${columns} from conversations c join agents a on a.id = c.agent_id
          where a.organization_id = $1 and c.id = $2 and not c.is_default and c.deleted_at is null`,
        [organizationId, id],
      );
      return rows[0] ?? null;
    },

    async list(filter: ConversationFilter, order: ConversationOrder, page: KeysetPage): Promise<ConversationRecord[]> {
      await requireCursors(database, { name: ofOrganizations, noun: 'Conversation' }, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('a.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.agentId, 'c.agent_id = $?');
      conditions.addIf(filter.summarySearch, contains('c.summary'));
      conditions.add('c.is_default = $?', false);
      conditions.add('(c.deleted_at is null) = $?', true);
      const name = order === 'last_run_completion' ? withCompletion : 'conversations';
      const tail = keyset(conditions, page, { name, alias: 'c', column: order });
      return database.query<ConversationRecord>(
        `select ${columns} from ${name} c join agents a on a.id = c.agent_id ${tail}`,
        conditions.parameters,
      );
    },

    /** Undefined and null leave a member as it is. False = no such conversation. */
    async update(
      organizationId: string,
      userId: string,
      id: string,
      change: ConversationMembers & { readonly lastMessageAt?: string | null | undefined },
    ): Promise<boolean> {
      const rows = await database.query(
        `update conversations c set summary = coalesce($4, c.summary), model = coalesce($5, c.model), model_settings = coalesce($6, c.model_settings),
                config_changes = coalesce($7, c.config_changes), last_message_at = coalesce($8, c.last_message_at), last_updated_by_id = $3, updated_at = now()
           from agents a where a.id = c.agent_id and a.organization_id = $1 and c.id = $2 and not c.is_default and c.deleted_at is null returning c.id`,
        [organizationId, id, userId, ...membersOf(change), change.lastMessageAt ?? null],
      );
      return rows.length > 0;
    },

    /**
     * Takes a conversation out of service together with its own blocks, and notes that its open runs are to stop. Returns these runs; null when there is
     * no such conversation.
     */
    delete: (organizationId: string, id: string): Promise<readonly OpenRun[] | null> =>
      database.transaction(async transaction => {
        for (const lock of locksBeforeDelete) await transaction.query(lock, [organizationId, id]);
        const rows = await transaction.query<{ open: readonly OpenRun[] | null }>(deleteSql, [organizationId, id]);
        if (rows[0] === undefined) return null;
        await denyPending(transaction, id);
        return rows[0].open ?? [];
      }),
  };
}

export type ConversationsRepository = ReturnType<typeof createConversationsRepository>;

/** The row alone. Throws when the organisation has no such agent. */
export async function insertConversation(
  database: Database,
  conversation: Omit<NewConversation, 'isolatedLabels'> & { readonly forkedFromId?: string; readonly forkedAtSequence?: string },
): Promise<void> {
  const rows = await database.query(
    `insert into conversations (id, agent_id, summary, model, model_settings, config_changes, forked_from_id, forked_at_sequence, created_by_id, last_updated_by_id)
     select $1, id, $4, $5, $6, $7, $8, $9, $10, $10 from agents where id = $2 and organization_id = $3 returning id`,
    [
      conversation.id,
      conversation.agentId,
      conversation.organizationId,
      ...membersOf(conversation),
      conversation.forkedFromId ?? null,
      conversation.forkedAtSequence ?? null,
      conversation.userId,
    ],
  );
  if (rows.length === 0) throw new RequestError('not-found', 'Agent not found');
}

function membersOf({ summary, model, modelSettings, configChanges }: ConversationMembers): readonly unknown[] {
  const jsonOf = (value: unknown): string | null => (value == null ? null : JSON.stringify(value));
  return [summary ?? null, model ?? null, jsonOf(modelSettings), jsonOf(configChanges)];
}

async function statesOfLabels(database: Database, { agentId, isolatedLabels }: NewConversation): Promise<readonly BlockState[]> {
  if (isolatedLabels.length === 0) return [];
  const states = await database.query<BlockState>(
    `select b.id as "blockId", b.version, b.label from blocks_agents ba join blocks b on b.id = ba.block_id
      where ba.agent_id = $1 and b.label = any($2) order by ba.created_at, b.label`,
    [agentId, isolatedLabels],
  );
  const missing = isolatedLabels.filter(label => !states.some(state => state.label === label));
  if (missing.length > 0) throw new RequestError('invalid', `Agent ${agentId} has no memory block with the label ${missing.join(', ')}`);
  return states;
}

/** In the order of docs/design/locks.md. */
const locksBeforeDelete = [
  `select from runs where organization_id = $1 and conversation_id = $2 and status in ('created', 'running') order by accept_no for no key update`,
  `select from blocks b join blocks_conversations bc on bc.block_id = b.id
    where b.organization_id = $1 and bc.conversation_id = $2 order by b.id for update of b`,
] as const;

/** Accepts wait for the row's lock and then see that it is deleted. */
const deleteSql = `
with deleted as (
  update conversations c set deleted_at = now(), updated_at = now()
    from agents a where a.id = c.agent_id and a.organization_id = $1 and c.id = $2 and not c.is_default and c.deleted_at is null returning c.id
), own_blocks as (
  delete from blocks b using blocks_conversations bc, deleted where bc.conversation_id = deleted.id and b.id = bc.block_id
), stopping as (
  update runs r set cancel_requested_at = coalesce(r.cancel_requested_at, now()), updated_at = now()
    from deleted where r.conversation_id = deleted.id and r.status in ('created', 'running') returning r.id, r.agent_id
)
select (select jsonb_agg(jsonb_build_object('id', id, 'agentId', agent_id)) from stopping) as open from deleted`;
