import type { Database } from './database.js';

export interface SealedVariable {
  readonly key: string;
  readonly sealed: string;
}

/** What the code of a tool is given beside its arguments. */
export interface ToolEnvironment {
  /** Of the organisation's sandbox. */
  readonly sandbox: readonly SealedVariable[];
  /** Secrets of the agent; they win. */
  readonly agent: readonly SealedVariable[];
  readonly projectId: string | null;
  /** Of the organisation's sandbox; null = it has none. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

export function createToolEnvironmentsRepository(database: Database) {
  return {
    async load(organizationId: string, agentId: string | null): Promise<ToolEnvironment> {
      const rows = await database.query<ToolEnvironment>(loadSql, [organizationId, agentId]);
      return rows[0] ?? { sandbox: [], agent: [], projectId: null, config: null };
    },
  };
}

export type ToolEnvironmentsRepository = ReturnType<typeof createToolEnvironmentsRepository>;

const variables = "jsonb_agg(jsonb_build_object('key', v.key, 'sealed', v.sealed_value) order by v.key)";

const loadSql = `
select coalesce((select ${variables} from sandbox_variables v join sandbox_configs c on c.id = v.sandbox_config_id
                  where c.organization_id = $1 and c.type = 'local'), '[]') as sandbox,
       coalesce((select ${variables} from agent_variables v join agents a on a.id = v.agent_id where a.id = $2 and a.organization_id = $1), '[]') as agent,
       (select a.project_id from agents a where a.id = $2 and a.organization_id = $1) as "projectId",
       (select c.config from sandbox_configs c where c.organization_id = $1 and c.type = 'local') as config`;
