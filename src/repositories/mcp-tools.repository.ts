import { randomUUID } from 'node:crypto';
import { planSync, offeredNames } from '../domain/mcp/plan-sync.js';
import type { KnownTool, SyncPlan, WantedTool } from '../domain/mcp/plan-sync.js';
import type { CheckedTool } from '../domain/mcp/mcp-tool.js';
import type { Database, TransactionalDatabase } from './database.js';
import { serverObject } from './mcp-servers.repository.js';
import type { StoredMcpServer } from './mcp-servers.repository.js';
import { toolObject } from './tool-record.js';
import type { ToolRecord } from './tool-record.js';

/** What a look at a server has changed, by the names of the tools. */
export interface SyncDiff {
  readonly deleted: readonly string[];
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly warnings: readonly string[];
}

/** Whose tools they are. */
export interface ToolOwner {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
}

/** The server of a tool, and what the tool is called there. */
export interface McpToolPlace {
  readonly server: StoredMcpServer;
  readonly mcpName: string;
}

export function createMcpToolsRepository(database: TransactionalDatabase) {
  return {
    /** Brings a server's tools to what it has listed, all at once. Null = no such server. */
    sync: (owner: ToolOwner, listed: readonly CheckedTool[]): Promise<SyncDiff | null> =>
      database.transaction(async transaction => {
        const locked = await lockServer(transaction, owner);
        if (locked === null) return null;
        const names = offeredNames(listed, locked.toolPrefix);
        const [known, taken] = [await knownTools(transaction, owner.id), await takenNames(transaction, owner, names)];
        const plan = planSync({ listed, known, taken, toolPrefix: locked.toolPrefix });
        return carryOut(transaction, owner, plan);
      }),

    /** Keeps one tool of a server, or brings it up to date. Null = another tool has its name. */
    put: (owner: ToolOwner, tool: WantedTool): Promise<ToolRecord | null> =>
      database.transaction(async transaction => {
        if ((await lockServer(transaction, owner)) === null) return null;
        if ((await takenNames(transaction, owner, [tool.name])).size > 0) return null;
        const known = (await knownTools(transaction, owner.id)).find(row => row.mcpName === tool.mcpName);
        if (known === undefined) await insertTools(transaction, owner, [tool]);
        else await updateTools(transaction, owner, [{ ...tool, id: known.id }]);
        const rows = await transaction.query<{ tool: ToolRecord }>(
          `select ${toolObject('t')} as tool from mcp_tools m join tools t on t.id = m.tool_id where m.mcp_server_id = $1 and m.mcp_name = $2`,
          [owner.id, tool.mcpName],
        );
        return rows[0]?.tool ?? null;
      }),

    async list(organizationId: string, serverId: string): Promise<ToolRecord[]> {
      const rows = await database.query<{ tool: ToolRecord }>(
        `select ${toolObject('t')} as tool from mcp_tools m join tools t on t.id = m.tool_id
          where m.mcp_server_id = $2 and t.organization_id = $1 order by t.name`,
        [organizationId, serverId],
      );
      return rows.map(row => row.tool);
    },

    async find(
      organizationId: string,
      serverId: string,
      tool: { readonly id: string } | { readonly mcpName: string },
    ): Promise<ToolRecord | null> {
      const [column, value] = 'id' in tool ? ['tool_id', tool.id] : ['mcp_name', tool.mcpName];
      const rows = await database.query<{ tool: ToolRecord }>(
        `select ${toolObject('t')} as tool from mcp_tools m join tools t on t.id = m.tool_id
          where m.mcp_server_id = $2 and m.${column} = $3 and t.organization_id = $1`,
        [organizationId, serverId, value],
      );
      return rows[0]?.tool ?? null;
    },

    async placeOf(organizationId: string, toolId: string): Promise<McpToolPlace | null> {
      const rows = await database.query<McpToolPlace>(
        `select ${serverObject} as server, m.mcp_name as "mcpName" from mcp_tools m join mcp_servers s on s.id = m.mcp_server_id
          where m.tool_id = $2 and s.organization_id = $1`,
        [organizationId, toolId],
      );
      return rows[0] ?? null;
    },
  };
}

export type McpToolsRepository = ReturnType<typeof createMcpToolsRepository>;

async function lockServer(database: Database, { id, organizationId }: ToolOwner): Promise<{ readonly toolPrefix: string | null } | null> {
  const rows = await database.query<{ toolPrefix: string | null }>(
    'select tool_prefix as "toolPrefix" from mcp_servers where id = $1 and organization_id = $2 for update',
    [id, organizationId],
  );
  return rows[0] ?? null;
}

function knownTools(database: Database, serverId: string): Promise<KnownTool[]> {
  return database.query(
    'select t.id, t.name, m.mcp_name as "mcpName" from mcp_tools m join tools t on t.id = m.tool_id where m.mcp_server_id = $1 order by t.name',
    [serverId],
  );
}

async function takenNames(database: Database, { id, organizationId }: ToolOwner, names: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ name: string }>(
    `select t.name from tools t where t.organization_id = $1 and t.name = any($3)
        and not exists (select from mcp_tools m where m.tool_id = t.id and m.mcp_server_id = $2)`,
    [organizationId, id, names],
  );
  return new Set(rows.map(row => row.name));
}

async function carryOut(database: Database, owner: ToolOwner, plan: SyncPlan): Promise<SyncDiff> {
  await database.query('delete from tools where id = any($1)', [plan.deleted.map(tool => tool.id)]);
  const updated = await updateTools(database, owner, plan.kept);
  const added = await insertTools(database, owner, plan.added);
  const beaten = plan.added.filter(tool => !added.includes(tool.name));
  const warnings = [
    ...plan.warnings,
    ...beaten.map(tool => `Tool '${tool.mcpName}' was left out: the name '${tool.name}' has just been taken.`),
  ];
  await database.query(
    'update mcp_servers set synced_at = now(), sync_error = null, sync_warnings = array(select jsonb_array_elements_text($2::jsonb)) where id = $1',
    [owner.id, JSON.stringify(warnings)],
  );
  return { deleted: plan.deleted.map(tool => tool.name), updated, added, warnings };
}

/** What somebody has set of a tool stays. What its server says of it may make its retry class `never`, but nothing else: a server is not to be trusted with more. Returns the names of those that changed. */
async function updateTools(
  database: Database,
  owner: ToolOwner,
  tools: readonly (WantedTool & { readonly id: string })[],
): Promise<string[]> {
  if (tools.length === 0) return [];
  const rows = JSON.stringify(tools);
  // Names are free first: two tools may take each other's.
  await database.query(
    `update tools t set name = t.id from jsonb_to_recordset($1::jsonb) as r (id text, name text) where t.id = r.id and t.name <> r.name`,
    [rows],
  );
  const updated = await database.query<{ name: string }>(
    `update tools t set name = r.name, description = r.description, json_schema = r."jsonSchema", last_updated_by_id = $2, updated_at = now(),
            retry_class = case when t.metadata #> '{mcp,annotations}' is distinct from r.annotations and r."retryClass" = 'never' then 'never' else t.retry_class end,
            metadata = jsonb_set(t.metadata, '{mcp,annotations}', r.annotations)
       from jsonb_to_recordset($1::jsonb) as r (id text, name text, description text, "jsonSchema" jsonb, annotations jsonb, "retryClass" text)
      where t.id = r.id and (t.name, t.description, t.json_schema, t.metadata #> '{mcp,annotations}')
                            is distinct from (r.name, r.description, r."jsonSchema", r.annotations)
     returning t.name`,
    [rows, owner.userId],
  );
  return updated.map(row => row.name);
}

/** Returns the names of those whose name was still free. */
async function insertTools(database: Database, owner: ToolOwner, tools: readonly WantedTool[]): Promise<string[]> {
  if (tools.length === 0) return [];
  const rows = await database.query<{ name: string }>(
    `with wanted as (
       select r.* from jsonb_to_recordset($4::jsonb) as r (id text, "mcpName" text, name text, description text, "jsonSchema" jsonb, annotations jsonb, "retryClass" text)
     ), t as (
       insert into tools (id, organization_id, name, tool_type, description, source_type, json_schema, tags, metadata, retry_class, created_by_id, last_updated_by_id)
       select w.id, $2, w.name, 'external_mcp', w.description, 'json', w."jsonSchema", array['mcp:' || s.server_name],
              jsonb_build_object('mcp', jsonb_build_object('server_name', s.server_name, 'server_id', s.id, 'tool_name', w."mcpName", 'annotations', w.annotations)),
              w."retryClass", $3, $3
         from wanted w join mcp_servers s on s.id = $1
       on conflict (organization_id, name) do nothing returning id, name
     ), linked as (
       insert into mcp_tools (tool_id, mcp_server_id, mcp_name) select t.id, $1, w."mcpName" from t join wanted w on w.id = t.id
     )
     select name from t`,
    [owner.id, owner.organizationId, owner.userId, JSON.stringify(tools.map(tool => ({ ...tool, id: `tool-${randomUUID()}` })))],
  );
  return rows.map(row => row.name);
}
