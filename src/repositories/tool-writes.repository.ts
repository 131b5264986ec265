import type { RetryClass } from '../domain/tools/builtin-tool.js';
import type { Database } from './database.js';

/** A custom tool of a source as it is to be. */
export interface ToolDraft {
  readonly name: string;
  readonly description: string | null;
  readonly sourceType: string;
  readonly sourceCode: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly argsJsonSchema: Readonly<Record<string, unknown>> | null;
  readonly tags: readonly string[];
  readonly returnCharLimit: number;
  readonly pipRequirements: unknown;
  readonly npmRequirements: unknown;
  readonly defaultRequiresApproval: boolean | null;
  readonly enableParallelExecution: boolean;
  /** Null leaves them as they are. */
  readonly retryClass: RetryClass | null;
  readonly timeoutMs: number | null;
  readonly network: string | null;
  readonly toolHash: string;
}

/** Columns of `tools` by name. */
export type ToolColumns = Readonly<Record<string, unknown>>;

export interface ToolOwner {
  readonly organizationId: string;
  readonly userId: string;
}

export function createToolWritesRepository(database: Database) {
  return {
    /** Makes a tool, or puts it in the place of the custom one of its name. Null when the name is that of a tool that is none of a source. */
    async upsert({ organizationId, userId }: ToolOwner, id: string, tool: ToolDraft): Promise<string | null> {
      const { toolHash, ...draft } = tool;
      const rows = await database.query<{ id: string }>(upsertSql, [id, organizationId, userId, JSON.stringify(draft), toolHash]);
      return rows[0]?.id ?? null;
    },

    /** What a change of the metadata does not name stays. False = no such tool. */
    async update({ organizationId, userId }: ToolOwner, id: string, { metadata, ...columns }: ToolColumns): Promise<boolean> {
      const sets = Object.keys(columns).map(name => `${name} = r.${name}`);
      const rows = await database.query(
        `update tools t set ${[...sets, 'metadata = t.metadata || $5::jsonb', 'last_updated_by_id = $3', 'updated_at = now()'].join(', ')}
           from jsonb_populate_record(null::tools, $4::jsonb) r where t.id = $1 and t.organization_id = $2 returning t.id`,
        [id, organizationId, userId, JSON.stringify(columns), JSON.stringify(metadata ?? {})],
      );
      return rows.length > 0;
    },

    /** Agents have it no longer; a call that has begun goes on. False = no such tool. */
    async delete(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query('delete from tools where organization_id = $1 and id = $2 returning id', [organizationId, id]);
      return rows.length > 0;
    },
  };
}

export type ToolWritesRepository = ReturnType<typeof createToolWritesRepository>;

/** What a client does not say is as by default, as with V1, but for what is this server's alone; and tags are never emptied. */
const upsertSql = `
insert into tools (id, organization_id, name, tool_type, description, source_type, source_code, json_schema, args_json_schema, tags, return_char_limit,
                   pip_requirements, npm_requirements, default_requires_approval, enable_parallel_execution, retry_class, timeout_ms, network, metadata,
                   created_by_id, last_updated_by_id)
select $1, $2, r."name", 'custom', r."description", r."sourceType", r."sourceCode", r."jsonSchema", r."argsJsonSchema", r."tags", r."returnCharLimit",
       r."pipRequirements", r."npmRequirements", r."defaultRequiresApproval", r."enableParallelExecution", coalesce(r."retryClass", 'never'), r."timeoutMs",
       r."network", jsonb_build_object('tool_hash', $5::text), $3, $3
  from jsonb_to_record($4::jsonb) as r ("name" text, "description" text, "sourceType" text, "sourceCode" text, "jsonSchema" jsonb, "argsJsonSchema" jsonb,
         "tags" text[], "returnCharLimit" int, "pipRequirements" jsonb, "npmRequirements" jsonb, "defaultRequiresApproval" boolean,
         "enableParallelExecution" boolean, "retryClass" text, "timeoutMs" int, "network" text)
on conflict (organization_id, name) do update
   set description = excluded.description, source_type = excluded.source_type, source_code = excluded.source_code, json_schema = excluded.json_schema,
       args_json_schema = excluded.args_json_schema, return_char_limit = excluded.return_char_limit, pip_requirements = excluded.pip_requirements,
       npm_requirements = excluded.npm_requirements, default_requires_approval = excluded.default_requires_approval,
       enable_parallel_execution = excluded.enable_parallel_execution,
       tags = case when excluded.tags = '{}' then tools.tags else excluded.tags end,
       retry_class = case when $4::jsonb ->> 'retryClass' is null then tools.retry_class else excluded.retry_class end,
       timeout_ms = coalesce(excluded.timeout_ms, tools.timeout_ms), network = coalesce(excluded.network, tools.network),
       metadata = tools.metadata || excluded.metadata, last_updated_by_id = $3, updated_at = now()
 where tools.tool_type = 'custom' and tools.source_type <> 'json'
returning id`;
