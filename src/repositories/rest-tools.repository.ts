import type { RestDefinition, Schema } from '../domain/rest/rest-definition.js';
import type { RetryClass } from '../domain/tools/builtin-tool.js';
import type { TransactionalDatabase } from './database.js';
import { toolObject } from './tool-record.js';
import type { ToolRecord } from './tool-record.js';

/** What may be said of any tool. */
export interface ToolTraits {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly returnCharLimit: number;
  readonly defaultRequiresApproval: boolean | null;
  readonly enableParallelExecution: boolean;
  readonly retryClass: RetryClass;
  /** Null takes the setting. */
  readonly timeoutMs: number | null;
}

export interface RestToolDraft extends ToolTraits {
  readonly definition: RestDefinition;
  /** As a model sees them. */
  readonly parameters: Schema;
  readonly sealedAuth: string | null;
  /** Name of the document that it is made of, and its operation there. */
  readonly document: string | null;
  readonly operation: string | null;
}

export interface NewRestTool extends RestToolDraft {
  readonly id: string;
}

export interface RestToolRecord {
  readonly tool: ToolRecord;
  readonly definition: RestDefinition;
  readonly sealedAuth: string | null;
  readonly document: string | null;
  readonly operation: string | null;
  readonly retryClass: RetryClass;
  readonly timeoutMs: number | null;
}

/** What a call needs to know. */
export type CallableRestTool = Pick<RestToolRecord, 'definition' | 'sealedAuth' | 'timeoutMs'> & { readonly parameters: Schema };

export interface DocumentChanges {
  readonly added: readonly NewRestTool[];
  /** Of tools that are the organization's own. */
  readonly updated: readonly NewRestTool[];
  /** Their ids. */
  readonly deleted: readonly string[];
}

export interface ToolOwner {
  readonly organizationId: string;
  readonly userId: string;
}

export function createRestToolsRepository(database: TransactionalDatabase) {
  return {
    /** Which of these names tools of any kind have already. */
    async takenNames(organizationId: string, names: readonly string[]): Promise<readonly string[]> {
      const sql = 'select name from tools where organization_id = $1 and name = any($2) order by name';
      const rows = await database.query<{ name: string }>(sql, [organizationId, names]);
      return rows.map(row => row.name);
    },

    /** All of them or none. */
    async create({ organizationId, userId }: ToolOwner, tools: readonly NewRestTool[]): Promise<void> {
      await database.query(createSql, [organizationId, userId, JSON.stringify(tools.map(toRow))]);
    },

    async find(organizationId: string, toolId: string): Promise<RestToolRecord | null> {
      const rows = await database.query<RestToolRecord>(`${recordSql} where t.organization_id = $1 and t.id = $2`, [
        organizationId,
        toolId,
      ]);
      return rows[0] ?? null;
    },

    async findCallable(organizationId: string, toolId: string): Promise<CallableRestTool | null> {
      const rows = await database.query<CallableRestTool>(
        `select r.definition, r.sealed_auth as "sealedAuth", t.timeout_ms as "timeoutMs", t.json_schema -> 'parameters' as parameters
           from rest_tools r join tools t on t.id = r.tool_id where t.organization_id = $1 and t.id = $2`,
        [organizationId, toolId],
      );
      return rows[0] ?? null;
    },

    /** All tools that a document was made into. */
    ofDocument: (organizationId: string, document: string): Promise<RestToolRecord[]> =>
      database.query<RestToolRecord>(`${recordSql} where t.organization_id = $1 and r.document = $2 order by r.operation`, [
        organizationId,
        document,
      ]),

    /** Brings a document's tools to a newer version of it: all of that or nothing. */
    async sync(owner: ToolOwner, { added, updated, deleted }: DocumentChanges): Promise<void> {
      await database.transaction(async transaction => {
        const { organizationId, userId } = owner;
        await transaction.query('delete from tools where organization_id = $1 and id = any($2)', [organizationId, deleted]);
        await transaction.query(updateSql, [userId, JSON.stringify(updated.map(toRow))]);
        await transaction.query(createSql, [organizationId, userId, JSON.stringify(added.map(toRow))]);
      });
    },

    /** Puts in the place of a tool what `change` makes of it; nobody else changes it meanwhile. False = there is no such tool. */
    change(owner: ToolOwner, toolId: string, change: (record: RestToolRecord) => RestToolDraft): Promise<boolean> {
      return database.transaction(async transaction => {
        const found = await transaction.query<RestToolRecord>(`${recordSql} where t.organization_id = $1 and t.id = $2 for update of t`, [
          owner.organizationId,
          toolId,
        ]);
        if (found[0] === undefined) return false;
        await transaction.query(updateSql, [owner.userId, JSON.stringify([toRow({ ...change(found[0]), id: toolId })])]);
        return true;
      });
    },
  };
}

export type RestToolsRepository = ReturnType<typeof createRestToolsRepository>;

const recordSql = `
select ${toolObject('t')} as tool, r.definition, r.sealed_auth as "sealedAuth", r.document, r.operation, t.retry_class as "retryClass", t.timeout_ms as "timeoutMs"
  from rest_tools r join tools t on t.id = r.tool_id`;

function toRow({ parameters, ...tool }: NewRestTool) {
  return {
    id: tool.id,
    name: tool.name,
    description: tool.description,
    json_schema: { name: tool.name, description: tool.description, parameters },
    tags: tool.tags,
    return_char_limit: tool.returnCharLimit,
    default_requires_approval: tool.defaultRequiresApproval,
    enable_parallel_execution: tool.enableParallelExecution,
    retry_class: tool.retryClass,
    timeout_ms: tool.timeoutMs,
    definition: tool.definition,
    sealed_auth: tool.sealedAuth,
    document: tool.document,
    operation: tool.operation,
  };
}

const given = (parameter: string): string => `
given as (
  select * from jsonb_to_recordset(${parameter}::jsonb) as g (id text, name text, description text, json_schema jsonb, tags text[], return_char_limit int,
    default_requires_approval boolean, enable_parallel_execution boolean, retry_class text, timeout_ms int, definition jsonb, sealed_auth text, document text, operation text)
)`;

const createSql = `
with ${given('$3')}, created as (
  insert into tools (id, organization_id, name, tool_type, description, source_type, json_schema, tags, return_char_limit, default_requires_approval,
                     enable_parallel_execution, retry_class, timeout_ms, created_by_id, last_updated_by_id)
  select id, $1, name, 'custom', description, 'json', json_schema, tags, return_char_limit, default_requires_approval,
         enable_parallel_execution, retry_class, timeout_ms, $2, $2
    from given
)
insert into rest_tools (tool_id, definition, sealed_auth, document, operation) select id, definition, sealed_auth, document, operation from given`;

const updateSql = `
with ${given('$2')}, updated as (
  update tools t
     set name = g.name, description = g.description, json_schema = g.json_schema, tags = g.tags, return_char_limit = g.return_char_limit,
         default_requires_approval = g.default_requires_approval, enable_parallel_execution = g.enable_parallel_execution,
         retry_class = g.retry_class, timeout_ms = g.timeout_ms, last_updated_by_id = $1, updated_at = now()
    from given g where t.id = g.id
)
update rest_tools r set definition = g.definition, sealed_auth = g.sealed_auth, updated_at = now() from given g where r.tool_id = g.id`;
