import { blockObject, insertBlocks } from './block-record.js';
import type { BlockRecord, NewBlock } from './block-record.js';
import type { Database } from './database.js';
import { isOfIdentity } from './identity-record.js';
import { requireCursors } from './page-cursors.js';
import { contains } from './contains.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { Conditions, KeysetPage } from './sql-conditions.js';
import { markStale, markStaleAgents } from './stale-conversations.js';

export interface BlockFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly label?: string | undefined;
  readonly templatesOnly?: boolean | undefined;
  readonly templateName?: string | undefined;
  readonly projectId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly matchAllTags?: boolean | undefined;
  readonly labelSearch?: string | undefined;
  readonly descriptionSearch?: string | undefined;
  readonly valueSearch?: string | undefined;
  readonly agentsMoreThan?: number | undefined;
  readonly agentsFewerThan?: number | undefined;
  readonly agentsExactly?: readonly number[] | undefined;
  readonly showHidden?: boolean | undefined;
  readonly identityId?: string | undefined;
  readonly identifierKeys?: readonly string[] | undefined;
}

interface BlockJson {
  readonly block: BlockRecord;
}

const table = { name: 'blocks', alias: 'b', column: 'created_at', noun: 'Block' } as const;

export function createBlocksRepository(database: Database) {
  const select = async (tail: string, parameters: readonly unknown[]): Promise<BlockRecord[]> => {
    const rows = await database.query<BlockJson>(`select ${blockObject('b')} as block from blocks b ${tail}`, parameters);
    return rows.map(row => row.block);
  };
  return {
    async list(filter: BlockFilter, page: KeysetPage): Promise<BlockRecord[]> {
      await requireCursors(database, table, { organization_id: filter.organizationId }, page);
      const conditions = filterConditions(filter);
      const tail = keyset(conditions, page, table);
      return select(tail, conditions.parameters);
    },

    async count(filter: BlockFilter): Promise<number> {
      const conditions = filterConditions(filter);
      const rows = await database.query<{ n: number }>(
        `select count(*)::int as n from blocks b where ${conditions.sql}`,
        conditions.parameters,
      );
      return rows[0]?.n ?? 0;
    },

    async find(organizationId: string, id: string): Promise<BlockRecord | null> {
      return (await select('where b.organization_id = $1 and b.id = $2', [organizationId, id]))[0] ?? null;
    },

    findMany: (organizationId: string, ids: readonly string[]): Promise<BlockRecord[]> =>
      select('where b.organization_id = $1 and b.id = any($2) order by array_position($2, b.id)', [organizationId, ids]),

    async findOfAgent(organizationId: string, agentId: string, label: string): Promise<BlockRecord | null> {
      const tail = `join blocks_agents ba on ba.block_id = b.id where b.organization_id = $1 and ba.agent_id = $2 and b.label = $3`;
      return (await select(tail, [organizationId, agentId, label]))[0] ?? null;
    },

    async create(organizationId: string, userId: string, block: NewBlock): Promise<BlockRecord> {
      const rows = await database.query<BlockJson>(
        `with ${insertBlocks('$1', '$2', '$3')} select ${blockObject('b')} as block from made_blocks b`,
        [JSON.stringify([block]), organizationId, userId],
      );
      const row = rows[0];
      if (row === undefined) throw new Error(`Block ${block.id} was not inserted`);
      return row.block;
    },

    /** False = no such block. */
    async delete(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query(
        `with deleted as (
           delete from blocks where organization_id = $1 and id = $2 returning id
         ), ${markStale('deleted')}
         select id from deleted`,
        [organizationId, id],
      );
      return rows.length > 0;
    },

    /** A block that is attached already stays so. Throws Postgres' unique violation when the agent has another block of that label. */
    async attach(agentId: string, blockId: string): Promise<void> {
      await database.query(
        `with attached as (
           insert into blocks_agents (agent_id, block_id, block_label) select $1, id, label from blocks where id = $2
           on conflict (agent_id, block_id) do nothing returning agent_id
         ), ${markStaleAgents('attached')} select agent_id from attached`,
        [agentId, blockId],
      );
    },

    /** False = the agent does not have the block. */
    async detach(agentId: string, blockId: string): Promise<boolean> {
      const rows = await database.query(
        `with detached as (
           delete from blocks_agents where agent_id = $1 and block_id = $2 returning agent_id
         ), ${markStaleAgents('detached')} select agent_id from detached`,
        [agentId, blockId],
      );
      return rows.length > 0;
    },
  };
}

export type BlocksRepository = ReturnType<typeof createBlocksRepository>;

function filterConditions(filter: BlockFilter): Conditions {
  const conditions = createConditions();
  const agents = '(select count(*) from blocks_agents x where x.block_id = b.id)';
  conditions.add('b.organization_id = $?', filter.organizationId);
  conditions.addIf(filter.agentId, 'exists (select from blocks_agents x where x.block_id = b.id and x.agent_id = $?)');
  const ofIdentity = isOfIdentity('b', 'block');
  conditions.addIf(filter.identityId, ofIdentity.byId);
  conditions.addIf(filter.identifierKeys, ofIdentity.byKeys);
  conditions.addIf(filter.label, 'b.label = $?');
  if (filter.templatesOnly === true) conditions.add('b.is_template = $?', true);
  conditions.addIf(filter.templateName, 'b.template_name = $?');
  conditions.addIf(filter.projectId, 'b.project_id = $?');
  if (filter.tags !== undefined && filter.tags.length > 0)
    conditions.add(filter.matchAllTags === true ? 'b.tags @> $?::text[]' : 'b.tags && $?::text[]', filter.tags);
  conditions.addIf(filter.labelSearch, contains('b.label'));
  conditions.addIf(filter.descriptionSearch, contains('b.description'));
  conditions.addIf(filter.valueSearch, contains('b.value'));
  conditions.addIf(filter.agentsMoreThan, `${agents} > $?`);
  conditions.addIf(filter.agentsFewerThan, `${agents} < $?`);
  conditions.addIf(filter.agentsExactly, `${agents} = any($?::bigint[])`);
  if (filter.showHidden === false) conditions.add('b.hidden is distinct from $?', true);
  return conditions;
}
