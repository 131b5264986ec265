import { addFiles } from './agent-files.repository.js';
import { approvalRulesSql } from './approval-rules.js';
import type { Database, TransactionalDatabase } from './database.js';
import { lockConversationsOf, markAgentsStale } from './lock-agents.js';

export function createAgentFoldersRepository(database: TransactionalDatabase) {
  return {
    /** With all their files; a folder that the agent has stays as it is. */
    attach: (agentId: string, folderIds: readonly string[]): Promise<void> =>
      database.transaction(transaction => attach(transaction, agentId, folderIds)),

    /** One that is not attached is no error. */
    detach: (agentId: string, folderId: string): Promise<void> =>
      database.transaction(async transaction => {
        await lockConversationsOf(transaction, [agentId]);
        await detach(transaction, agentId, 'source_id = $2', [folderId]);
      }),

    /** The agent has these folders and no others afterwards. */
    replace: (agentId: string, folderIds: readonly string[]): Promise<void> =>
      database.transaction(async transaction => {
        await lockConversationsOf(transaction, [agentId]);
        await detach(transaction, agentId, 'source_id <> all($2)', [folderIds]);
        await attach(transaction, agentId, folderIds);
      }),
  };
}

export type AgentFoldersRepository = ReturnType<typeof createAgentFoldersRepository>;

/** The rows of the folders are held, so that none is deleted while it gets to an agent. */
async function attach(transaction: Database, agentId: string, folderIds: readonly string[]): Promise<void> {
  if (folderIds.length === 0) return;
  await lockConversationsOf(transaction, [agentId]);
  await transaction.query('select from sources where id = any($1) and deleted_at is null order by id for share', [folderIds]);
  const linked = await transaction.query<{ folderId: string }>(
    `insert into sources_agents (agent_id, source_id, created_at)
     select $1, s.id, now() + array_position($2::text[], s.id) * interval '1 millisecond' from sources s
      where s.id = any($2) and s.deleted_at is null and exists (select from agents a where a.id = $1 and a.organization_id = s.organization_id)
     on conflict do nothing returning source_id as "folderId"`,
    [agentId, folderIds],
  );
  if (linked.length === 0) return;
  await transaction.query(addToolsSql, [agentId]);
  const files = await transaction.query<{ id: string }>(
    `select f.id from files f join sources_agents sa on sa.source_id = f.source_id and sa.agent_id = $1
      where f.source_id = any($2) and f.deleted_at is null and f.line_count is not null order by sa.created_at, f.created_at, f.id`,
    [agentId, linked.map(({ folderId }) => folderId)],
  );
  await addFiles(
    transaction,
    agentId,
    files.map(({ id }) => id),
  );
  await markAgentsStale(transaction, [agentId]);
}

async function detach(transaction: Database, agentId: string, condition: string, parameters: readonly unknown[]): Promise<void> {
  const unlinked = await transaction.query(
    `with unlinked as (
       delete from sources_agents where agent_id = $1 and ${condition} returning source_id
     ), files as (
       delete from files_agents fa using unlinked where fa.agent_id = $1 and fa.source_id = unlinked.source_id
     )
     select source_id from unlinked`,
    [agentId, ...parameters],
  );
  if (unlinked.length === 0) return;
  await transaction.query(
    `delete from tools_agents ta using tools t where ta.agent_id = $1 and t.id = ta.tool_id and t.tool_type = 'letta_files_core'
        and not exists (select from sources_agents sa where sa.agent_id = $1)`,
    [agentId],
  );
  await markAgentsStale(transaction, [agentId]);
}

const addToolsSql = `
with linked as (
  insert into tools_agents (agent_id, tool_id)
  select a.id, t.id from agents a join tools t on t.organization_id = a.organization_id and t.tool_type = 'letta_files_core' where a.id = $1
  on conflict do nothing returning tool_id
)
update agents a set tool_rules = a.tool_rules || ${approvalRulesSql('a.tool_rules', 'select tool_id from linked')}
 where a.id = $1 and exists (select from linked)`;
