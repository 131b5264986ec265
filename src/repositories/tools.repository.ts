import type { CodePackage } from '../domain/sandbox/code-sandbox.js';
import { approvalRulesSql } from './approval-rules.js';
import type { Database } from './database.js';
import { contains } from './contains.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { Conditions, KeysetPage } from './sql-conditions.js';
import type { ToolUndo } from '../domain/tools/tool-undo.js';
import { toolObject } from './tool-record.js';
import type { ToolRecord } from './tool-record.js';

export interface ToolFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly name?: string | undefined;
  readonly names?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly search?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly excludedTypes?: readonly string[] | undefined;
  readonly onlyBuiltins?: boolean | undefined;
  readonly noBuiltins?: boolean | undefined;
}

export interface ToolReference {
  readonly id: string;
  readonly name: string;
  readonly defaultRequiresApproval: boolean;
}

/** The code of a custom tool, and what it is installed with. */
export interface ToolCode {
  readonly source: string;
  readonly packages: readonly CodePackage[];
}

interface ToolCodeRow {
  readonly source: string;
  readonly packages: readonly { readonly name: string; readonly version?: string | null }[] | null;
}

interface ToolJson {
  readonly tool: ToolRecord;
}

const table = { name: 'tools', alias: 't', column: 'created_at', noun: 'Tool' } as const;

export function createToolsRepository(database: Database) {
  return {
    async list(filter: ToolFilter, page: KeysetPage): Promise<ToolRecord[]> {
      await requireCursors(database, table, { organization_id: filter.organizationId }, page);
      const conditions = filterConditions(filter);
      const tail = keyset(conditions, page, table);
      const rows = await database.query<ToolJson>(`select ${toolObject('t')} as tool from tools t ${tail}`, conditions.parameters);
      return rows.map(row => row.tool);
    },

    async count(filter: ToolFilter): Promise<number> {
      const conditions = filterConditions(filter);
      const rows = await database.query<{ n: number }>(
        `select count(*)::int as n from tools t where ${conditions.sql}`,
        conditions.parameters,
      );
      return rows[0]?.n ?? 0;
    },

    async find(organizationId: string, id: string): Promise<ToolRecord | null> {
      const rows = await database.query<ToolJson>(
        `select ${toolObject('t')} as tool from tools t where t.organization_id = $1 and t.id = $2`,
        [organizationId, id],
      );
      return rows[0]?.tool ?? null;
    },

    async setUndo(id: string, undo: ToolUndo | null): Promise<void> {
      await database.query('update tools set undo = $2, updated_at = now() where id = $1', [
        id,
        undo === null ? null : JSON.stringify(undo),
      ]);
    },

    /** Ids and names of the tools that are meant by these ids or names; what does not exist is missing from the answer. */
    resolve: (organizationId: string, ids: readonly string[], names: readonly string[]): Promise<ToolReference[]> =>
      database.query(
        `select id, name, coalesce(default_requires_approval, false) as "defaultRequiresApproval" from tools
          where organization_id = $1 and (id = any($2) or name = any($3))`,
        [organizationId, ids, names],
      ),

    /** With the rule that it needs approval, where the tool asks for one. A tool that is attached already keeps the rules that it has. */
    async attach(agentId: string, toolId: string): Promise<void> {
      await database.query(
        `with linked as (
           insert into tools_agents (agent_id, tool_id) values ($1, $2) on conflict do nothing returning tool_id
         )
         update agents a set tool_rules = a.tool_rules || ${approvalRulesSql('a.tool_rules', 'select tool_id from linked')}, updated_at = now()
          where a.id = $1`,
        [agentId, toolId],
      );
    },

    /** Makes an agent's tool need approval, or not any more. False = no such agent, or it has no tool of the name that could need any. */
    async setApproval(
      agent: { readonly organizationId: string; readonly agentId: string },
      toolName: string,
      needed: boolean,
    ): Promise<boolean> {
      const rows = await database.query(
        `update agents a set updated_at = now(), tool_rules =
                coalesce((select jsonb_agg(e.rule order by e.n) from jsonb_array_elements(a.tool_rules) with ordinality as e (rule, n)
                           where not e.rule @> jsonb_build_object('type', 'requires_approval', 'toolName', $3::text)), '[]'::jsonb)
                || case when $4 then jsonb_build_array(jsonb_build_object('type', 'requires_approval', 'toolName', $3::text, 'promptTemplate', null))
                        else '[]'::jsonb end
          where a.id = $1 and a.organization_id = $2
            and (not $4 or exists (select from tools_agents ta join tools t on t.id = ta.tool_id where ta.agent_id = a.id and t.name = $3))
         returning a.id`,
        [agent.agentId, agent.organizationId, toolName, needed],
      );
      return rows.length > 0;
    },

    /** That of the custom Python tools of an agent, by their names. */
    async pythonCodeOf(agentId: string): Promise<ToolCode[]> {
      const rows = await database.query<ToolCodeRow>(
        `select t.source_code as source, t.pip_requirements as packages
           from tools_agents ta join tools t on t.id = ta.tool_id
          where ta.agent_id = $1 and t.tool_type = 'custom' and t.source_type = 'python' and t.source_code is not null
          order by t.name`,
        [agentId],
      );
      return rows.map(({ source, packages }) => ({
        source,
        packages: (packages ?? []).map(({ name, version }) => ({ name, version: version ?? null })),
      }));
    },

    async detach(agentId: string, toolId: string): Promise<void> {
      await database.query('delete from tools_agents where agent_id = $1 and tool_id = $2', [agentId, toolId]);
    },
  };
}

export type ToolsRepository = ReturnType<typeof createToolsRepository>;

const isBuiltin = "t.tool_type like 'letta\\_%'";

function filterConditions(filter: ToolFilter): Conditions {
  const conditions = createConditions();
  conditions.add('t.organization_id = $?', filter.organizationId);
  conditions.addIf(filter.agentId, 'exists (select from tools_agents x where x.tool_id = t.id and x.agent_id = $?)');
  conditions.addIf(filter.name, 't.name = $?');
  conditions.addIf(filter.names, 't.name = any($?)');
  conditions.addIf(filter.ids, 't.id = any($?)');
  conditions.addIf(filter.search, contains('t.name'));
  conditions.addIf(filter.types, 't.tool_type = any($?)');
  conditions.addIf(filter.excludedTypes, 't.tool_type <> all($?)');
  if (filter.onlyBuiltins === true) conditions.add(`(${isBuiltin}) = $?`, true);
  if (filter.noBuiltins === true) conditions.add(`(${isBuiltin}) = $?`, false);
  return conditions;
}
