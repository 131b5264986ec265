import { agentColumns, allParts } from './agent-record.js';
import type { AgentParts, AgentRecord } from './agent-record.js';
import { approvalRulesSql } from './approval-rules.js';
import { insertBlocks } from './block-record.js';
import type { NewBlock } from './block-record.js';
import type { TransactionalDatabase } from './database.js';
import { isOfIdentity } from './identity-record.js';
import type { Message } from '../domain/messages/message.js';
import { defaultConversationId } from '../domain/runs/execution-ids.js';
import { toMessageRow } from './message-row.js';
import { requireCursors } from './page-cursors.js';
import { isOpen } from './run-conditions.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { Conditions, KeysetPage } from './sql-conditions.js';

export interface AgentFilter {
  readonly organizationId: string;
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly matchAllTags?: boolean | undefined;
  readonly queryText?: string | undefined;
  readonly projectId?: string | undefined;
  readonly templateId?: string | undefined;
  readonly baseTemplateId?: string | undefined;
  readonly identityId?: string | undefined;
  readonly identifierKeys?: readonly string[] | undefined;
  readonly lastStopReason?: string | undefined;
  readonly createdById?: string | undefined;
  readonly blockId?: string | undefined;
  readonly archiveId?: string | undefined;
  readonly showHidden?: boolean | undefined;
}

export type AgentOrder = 'created_at' | 'updated_at' | 'last_run_completion';

/** Columns of `agents` by name, as they are to be stored. */
export type AgentColumns = Readonly<Record<string, unknown>>;

/** Its value is sealed. */
export interface NewAgentSecret {
  readonly id: string;
  readonly key: string;
  readonly value: string;
}

export interface NewAgent {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly columns: AgentColumns;
  readonly newBlocks: readonly NewBlock[];
  /** All blocks, the new ones included, in the order of the prompt. */
  readonly blockIds: readonly string[];
  readonly toolIds: readonly string[];
  readonly tags: readonly string[];
  readonly identityIds: readonly string[];
  readonly secrets: readonly NewAgentSecret[];
  /** By block id, the versions that the system message shows. */
  readonly shownVersions: Readonly<Record<string, number>>;
  /** The first is the system message. */
  readonly messages: readonly Message[];
}

export interface AgentChange {
  readonly columns: AgentColumns;
  /** Each replaces what was there; undefined leaves it. */
  readonly blockIds?: readonly string[] | undefined;
  readonly toolIds?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly identityIds?: readonly string[] | undefined;
  readonly secrets?: readonly NewAgentSecret[] | undefined;
}

export function createAgentsRepository(database: TransactionalDatabase) {
  return {
    /** Everything of a new agent in one statement. */
    async create(agent: NewAgent): Promise<void> {
      await database.query(createSql(agent.columns), [
        JSON.stringify({
          ...agent.columns,
          id: agent.id,
          organization_id: agent.organizationId,
          created_by_id: agent.userId,
          last_updated_by_id: agent.userId,
        }),
        agent.organizationId,
        agent.userId,
        JSON.stringify(agent.newBlocks),
        agent.blockIds,
        agent.toolIds,
        agent.tags,
        JSON.stringify(agent.messages.map(message => toMessageRow(message, agent.organizationId))),
        agent.id,
        defaultConversationId(agent.id),
        JSON.stringify(agent.shownVersions),
        agent.identityIds,
        JSON.stringify(agent.secrets),
      ]);
    },

    async find(organizationId: string, id: string, parts: AgentParts = allParts): Promise<AgentRecord | null> {
      const rows = await database.query<AgentRecord>(
        `select ${agentColumns(parts)} from agents a where a.organization_id = $1 and a.id = $2`,
        [organizationId, id],
      );
      return rows[0] ?? null;
    },

    /** The kinds of agents, by id. */
    async typesOf(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      if (ids.length === 0) return new Map();
      const rows = await database.query<{ id: string; agent_type: string }>(
        'select id, agent_type from agents where organization_id = $1 and id = any($2)',
        [organizationId, ids],
      );
      return new Map(rows.map(row => [row.id, row.agent_type]));
    },

    async exists(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query('select id from agents where organization_id = $1 and id = $2', [organizationId, id]);
      return rows.length > 0;
    },

    async list(filter: AgentFilter, order: AgentOrder, page: KeysetPage, parts: AgentParts): Promise<AgentRecord[]> {
      await requireCursors(database, { name: 'agents', noun: 'Agent' }, { organization_id: filter.organizationId }, page);
      const conditions = filterConditions(filter);
      const tail = keyset(conditions, page, { name: 'agents', alias: 'a', column: order });
      return database.query<AgentRecord>(`select ${agentColumns(parts)} from agents a ${tail}`, conditions.parameters);
    },

    async count(filter: AgentFilter): Promise<number> {
      const conditions = filterConditions(filter);
      const rows = await database.query<{ n: number }>(
        `select count(*)::int as n from agents a where ${conditions.sql}`,
        conditions.parameters,
      );
      return rows[0]?.n ?? 0;
    },

    /** One statement, which takes the rows' locks in the common order; the system message is compiled anew at the next run. False = no such agent. */
    async update(organizationId: string, userId: string, id: string, change: AgentChange): Promise<boolean> {
      const rows = await database.query(updateSql(change.columns), [
        id,
        organizationId,
        userId,
        JSON.stringify(change.columns),
        change.blockIds ?? null,
        change.toolIds ?? null,
        change.tags ?? null,
        change.identityIds ?? null,
        change.secrets === undefined ? null : JSON.stringify(change.secrets),
      ]);
      return rows.length > 0;
    },

    /** Together with the blocks that its conversations have for themselves. False = no such agent. */
    delete: (organizationId: string, id: string): Promise<boolean> =>
      database.transaction(async transaction => {
        for (const lock of locksBeforeDelete) await transaction.query(lock, [organizationId, id]);
        const rows = await transaction.query(
          `with own_blocks as (
           delete from blocks b using blocks_conversations bc, conversations c, agents a
            where b.id = bc.block_id and c.id = bc.conversation_id and a.id = c.agent_id and a.organization_id = $1 and a.id = $2
         )
         delete from agents where organization_id = $1 and id = $2 returning id`,
          [organizationId, id],
        );
        return rows.length > 0;
      }),
  };
}

export type AgentsRepository = ReturnType<typeof createAgentsRepository>;

/** docs/design/locks.md: the cascade would begin with the agent. */
const locksBeforeDelete = [
  `select from runs where organization_id = $1 and agent_id = $2 and ${isOpen('runs')} order by conversation_id, accept_no for no key update`,
  `select from blocks b join blocks_conversations bc on bc.block_id = b.id join conversations c on c.id = bc.conversation_id
    where b.organization_id = $1 and c.agent_id = $2 order by b.id for update of b`,
  `select from conversations c join agents a on a.id = c.agent_id where a.organization_id = $1 and a.id = $2 order by c.id for no key update of c`,
] as const;

/** The times of links that are made together keep the order of the ids: the columns hold milliseconds. */
function inOrder(ids: string): string {
  return `now() + array_position(${ids}::text[], b.id) * interval '1 millisecond'`;
}

function createSql(columns: AgentColumns): string {
  const names = [...Object.keys(columns), 'id', 'organization_id', 'created_by_id', 'last_updated_by_id'];
  return `
with agent as (
  insert into agents (${names.join(', ')}) select ${names.map(name => `r.${name}`).join(', ')} from jsonb_populate_record(null::agents, $1::jsonb) r returning id
), ${insertBlocks('$4', '$2', '$3')}, all_blocks as (
  select id, label from made_blocks union all select id, label from blocks where id = any($5) and organization_id = $2
), attached_blocks as (
  insert into blocks_agents (agent_id, block_id, block_label, created_at)
  select agent.id, b.id, b.label, ${inOrder('$5')} from agent, all_blocks b
), attached_tools as (
  insert into tools_agents (agent_id, tool_id) select agent.id, t.id from agent, tools t where t.id = any($6) and t.organization_id = $2
), tagged as (
  insert into agents_tags (agent_id, tag) select distinct agent.id, tag from agent, unnest($7::text[]) as tag
), identified as (
  insert into identities_agents (identity_id, agent_id) select i.id, agent.id from agent, identities i where i.id = any($12) and i.organization_id = $2
), kept_secrets as (
  insert into agent_variables (id, agent_id, key, sealed_value)
  select s.id, agent.id, s.key, s.value from agent, jsonb_to_recordset($13::jsonb) as s (id text, key text, value text)
), conversation as (
  insert into conversations (id, agent_id, is_default, last_position, shown_versions) select $10, agent.id, true, jsonb_array_length($8::jsonb) - 1, $11::jsonb from agent returning id
), entries as (
  select m.*, row_number() over () as n from jsonb_to_recordset($8::jsonb) as m (
    id text, organization_id text, agent_id text, conversation_id text, role text, content jsonb, tool_calls jsonb, tool_returns jsonb, model text, search_text text)
), written as (
  insert into messages (id, organization_id, agent_id, conversation_id, role, content, tool_calls, tool_returns, model, search_text)
  select id, organization_id, $9, $10, role, content, tool_calls, tool_returns, model, search_text from entries order by n
)
insert into conversation_messages (conversation_id, position, message_id) select $10, n - 1, id from entries`;
}

function updateSql(columns: AgentColumns): string {
  const names = Object.keys(columns).filter(name => name !== 'tool_rules');
  const rules = 'tool_rules' in columns ? 'r.tool_rules' : 'a.tool_rules';
  const attached =
    'select id from tools n where n.id = any($6) and not exists (select from tools_agents x where x.agent_id = a.id and x.tool_id = n.id)';
  const sets = [
    ...names.map(name => `${name} = r.${name}`),
    `tool_rules = ${rules} || ${approvalRulesSql(rules, attached)}`,
    'last_updated_by_id = $3',
    'updated_at = now()',
  ].join(', ');
  return `
with shown as (
  select c.id from conversations c where c.agent_id = $1 order by c.id for no key update
), changed as (
  update agents a set ${sets} from jsonb_populate_record(null::agents, $4::jsonb) r
   where a.id = $1 and a.organization_id = $2 and (select count(*) from shown) >= 0 returning a.id
), stale as (
  update conversations c set system_stale = true from changed, shown where c.id = shown.id
), lost_blocks as (
  delete from blocks_agents ba using changed where ba.agent_id = changed.id and $5::text[] is not null and ba.block_id <> all($5)
), more_blocks as (
  insert into blocks_agents (agent_id, block_id, block_label, created_at)
  select changed.id, b.id, b.label, ${inOrder('$5')} from changed, blocks b where b.id = any($5) on conflict (agent_id, block_id) do nothing
), lost_tools as (
  delete from tools_agents ta using changed where ta.agent_id = changed.id and $6::text[] is not null and ta.tool_id <> all($6)
), more_tools as (
  insert into tools_agents (agent_id, tool_id) select changed.id, t.id from changed, tools t where t.id = any($6) on conflict do nothing
), lost_tags as (
  delete from agents_tags x using changed where x.agent_id = changed.id and $7::text[] is not null and x.tag <> all($7)
), more_tags as (
  insert into agents_tags (agent_id, tag) select distinct changed.id, tag from changed, unnest($7::text[]) as tag on conflict do nothing
), lost_identities as (
  delete from identities_agents x using changed where x.agent_id = changed.id and $8::text[] is not null and x.identity_id <> all($8)
), more_identities as (
  insert into identities_agents (identity_id, agent_id)
  select i.id, changed.id from changed, identities i where i.id = any($8) and i.organization_id = $2 on conflict do nothing
), given_secrets as (
  select s.* from jsonb_to_recordset($9::jsonb) as s (id text, key text, value text)
), lost_secrets as (
  delete from agent_variables v using changed where v.agent_id = changed.id and $9::jsonb is not null and v.key not in (select key from given_secrets)
), more_secrets as (
  insert into agent_variables (id, agent_id, key, sealed_value) select s.id, changed.id, s.key, s.value from changed, given_secrets s
  on conflict (agent_id, key) do update set sealed_value = excluded.sealed_value, updated_at = now()
)
select id from changed`;
}

function filterConditions(filter: AgentFilter): Conditions {
  const conditions = createConditions();
  conditions.add('a.organization_id = $?', filter.organizationId);
  conditions.addIf(filter.name, 'a.name = $?');
  if (filter.tags !== undefined && filter.tags.length > 0) {
    const counted = '(select count(*) from agents_tags x where x.agent_id = a.id and x.tag = any($?))';
    conditions.add(filter.matchAllTags === true ? `${counted} = cardinality($?::text[])` : `${counted} > 0`, [...new Set(filter.tags)]);
  }
  conditions.addIf(filter.queryText, "(a.name ilike '%' || $? || '%' or a.description ilike '%' || $? || '%')");
  conditions.addIf(filter.projectId, 'a.project_id = $?');
  conditions.addIf(filter.templateId, 'a.template_id = $?');
  conditions.addIf(filter.baseTemplateId, 'a.base_template_id = $?');
  const ofIdentity = isOfIdentity('a', 'agent');
  conditions.addIf(filter.identityId, ofIdentity.byId);
  conditions.addIf(filter.identifierKeys, ofIdentity.byKeys);
  conditions.addIf(filter.lastStopReason, 'a.last_stop_reason = $?');
  conditions.addIf(filter.createdById, 'a.created_by_id = $?');
  conditions.addIf(filter.archiveId, 'exists (select from archives_agents x where x.agent_id = a.id and x.archive_id = $?)');
  conditions.addIf(filter.blockId, 'exists (select from blocks_agents x where x.agent_id = a.id and x.block_id = $?)');
  if (filter.showHidden === false) conditions.add('a.hidden is distinct from $?', true);
  return conditions;
}
