import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { createBlockEditsRepository } from '../../src/repositories/block-edits.repository.js';
import { createBlockHistoryRepository } from '../../src/repositories/block-history.repository.js';
import type { BlockRecord } from '../../src/repositories/block-record.js';
import { createBlockUpdatesRepository } from '../../src/repositories/block-updates.repository.js';
import type { BlockChange } from '../../src/repositories/block-updates.repository.js';
import { createBlocksRepository } from '../../src/repositories/blocks.repository.js';
import { createDatabase } from '../../src/repositories/database.js';
import { createDataSource } from '../../src/repositories/data-source.js';
import { mergeTexts } from '../../src/repositories/merge-texts.js';
import { migrate } from '../../src/repositories/migrate.js';
import { createSystemMessageRepository } from '../../src/repositories/system-message.repository.js';
import { createTestDatabase } from '../support/services.js';

export const blockEditOptions = { enforceLimit: true, merge: mergeTexts };

export type BlockWorld = Awaited<ReturnType<typeof createBlockWorld>>;

/** A migrated database of its own, and the repositories of blocks on it. */
export async function createBlockWorld() {
  const place = await createTestDatabase();
  const source = createDataSource({ url: place.url, poolSize: 24, onPoolError: () => undefined });
  await source.initialize();
  await migrate(source);
  const database = createDatabase(source, { prepare: true });
  const blocks = createBlocksRepository(database);
  const blockUpdates = createBlockUpdatesRepository(database, blockEditOptions);
  let runs = 0;
  return {
    database,
    blocks,
    blockUpdates,
    history: createBlockHistoryRepository(database),
    edits: createBlockEditsRepository(database, blockEditOptions),
    systemMessages: createSystemMessageRepository(database),

    newBlock: (label: string, value: string, more: { readonly readOnly?: boolean } = {}) =>
      blocks.create(defaultOrganizationId, defaultUserId, {
        id: `block-${randomUUID()}`,
        label,
        value,
        limit: 100_000,
        description: null,
        read_only: more.readOnly ?? false,
        metadata: {},
        hidden: null,
        tags: [],
        is_template: false,
        template_name: null,
        template_id: null,
        base_template_id: null,
        deployment_id: null,
        entity_id: null,
        project_id: null,
        preserve_on_migration: false,
      }),

    /** An agent with its default conversation, whose system message is not compiled yet. */
    async newAgent(...blockIds: readonly string[]): Promise<{ readonly id: string; readonly conversationId: string }> {
      const id = `agent-${randomUUID()}`;
      const conversationId = defaultConversationId(id);
      const messageId = `message-${randomUUID()}`;
      await database.query(
        `insert into agents (id, organization_id, agent_type, name, system, llm_config) values ($1, $2, 'letta_v1_agent', 'Tester', 'Be kind.', '{}')`,
        [id, defaultOrganizationId],
      );
      await database.query('insert into conversations (id, agent_id, is_default) values ($1, $2, true)', [conversationId, id]);
      await database.query(
        `insert into messages (id, organization_id, agent_id, conversation_id, role) values ($1, $2, $3, $4, 'system')`,
        [messageId, defaultOrganizationId, id, conversationId],
      );
      await database.query('insert into conversation_messages (conversation_id, position, message_id) values ($1, 0, $2)', [
        conversationId,
        messageId,
      ]);
      for (const blockId of blockIds) await blocks.attach(id, blockId);
      await database.query('update conversations set system_stale = false where id = $1', [conversationId]);
      return { id, conversationId };
    },

    /** A change by the API: null = there is no such block. */
    async updateBlock(id: string, change: BlockChange, organizationId: string = defaultOrganizationId): Promise<BlockRecord | null> {
      const outcome = await blockUpdates.update({ organizationId, userId: defaultUserId, id, change });
      return outcome.kind === 'written' ? outcome.block : null;
    },

    /** A step of a run that has ended, whose model has seen what the conversation's context tells of. */
    async newStep(agent: {
      readonly id: string;
      readonly conversationId: string;
    }): Promise<{ readonly runId: string; readonly id: string }> {
      const [runId, id] = [`run-${randomUUID()}`, `step-${randomUUID()}`];
      await database.query(
        `insert into runs (id, organization_id, agent_id, conversation_id, accept_no, queue_order, input, isolation, status) values ($1, $2, $3, $4, $5, $5, '[]', 'inline', 'completed')`,
        [runId, defaultOrganizationId, agent.id, agent.conversationId, (runs += 1)],
      );
      await database.query(
        `insert into steps (id, organization_id, run_id, agent_id, number, shown_versions)
         select $1, $2, $3, $4, 1, shown_versions from conversations where id = $5`,
        [id, defaultOrganizationId, runId, agent.id, agent.conversationId],
      );
      return { runId, id };
    },

    async isStale(conversationId: string): Promise<boolean | undefined> {
      const rows = await database.query<{ stale: boolean }>('select system_stale as stale from conversations where id = $1', [
        conversationId,
      ]);
      return rows[0]?.stale;
    },

    async systemText(conversationId: string): Promise<string> {
      const rows = await database.query<{ text: string | null }>(
        `select m.content -> 0 ->> 'text' as text from conversation_messages cm join messages m on m.id = cm.message_id
          where cm.conversation_id = $1 and cm.position = 0`,
        [conversationId],
      );
      return rows[0]?.text ?? '';
    },

    versionsOf: (
      blockId: string,
    ): Promise<{ version: number; value: string; author: string; step: string | null; call: string | null }[]> =>
      database.query(
        `select version, value, author_type || ' ' || author_id as author, step_id as step, tool_call_id as call
           from block_versions where block_id = $1 order by version`,
        [blockId],
      ),

    async close(): Promise<void> {
      await source.destroy();
      await place.drop();
    },
  };
}
