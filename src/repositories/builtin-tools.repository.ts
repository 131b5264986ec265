import { builtinTools } from '../domain/tools/builtin-tools.js';
import type { TransactionalDatabase } from './database.js';
import { deriveId } from './derived-ids.js';

/** Any number that no other lock has. */
const lockKey = 7_203_105;

export function createBuiltinToolsRepository(database: TransactionalDatabase) {
  return {
    /** Brings an organisation's rows of the built-in tools to the state of this version. Changes nothing when they are. */
    async seed(organizationId: string): Promise<void> {
      const rows = Object.values(builtinTools).map(tool => ({
        id: deriveId('tool', organizationId, tool.name),
        name: tool.name,
        tool_type: tool.toolType,
        description: tool.description,
        json_schema: { name: tool.name, description: tool.description, parameters: tool.parameters },
        tags: tool.tags,
        return_char_limit: tool.returnCharLimit,
        enable_parallel_execution: tool.enableParallelExecution,
        retry_class: tool.retryClass,
      }));
      await database.transaction(async transaction => {
        // A row conflicts by its id as well as by its name, and only one of both can be named: servers that start together take turns.
        await transaction.query('select pg_advisory_xact_lock($1)', [lockKey]);
        await transaction.query(seedSql, [organizationId, JSON.stringify(rows)]);
      });
    },
  };
}

export type BuiltinToolsRepository = ReturnType<typeof createBuiltinToolsRepository>;

const seedSql = `
insert into tools (id, organization_id, name, tool_type, description, source_type, json_schema, tags, return_char_limit, enable_parallel_execution, retry_class)
select r.id, $1, r.name, r.tool_type, r.description, 'python', r.json_schema, array(select jsonb_array_elements_text(r.tags)), r.return_char_limit,
       r.enable_parallel_execution, r.retry_class
  from jsonb_to_recordset($2::jsonb) as r (id text, name text, tool_type text, description text, json_schema jsonb, tags jsonb, return_char_limit int,
                                           enable_parallel_execution boolean, retry_class text)
on conflict (organization_id, name) do update
   set tool_type = excluded.tool_type, description = excluded.description, json_schema = excluded.json_schema, tags = excluded.tags,
       return_char_limit = excluded.return_char_limit, enable_parallel_execution = excluded.enable_parallel_execution, retry_class = excluded.retry_class,
       updated_at = now()
 where (tools.tool_type, tools.description, tools.json_schema, tools.tags, tools.return_char_limit, tools.enable_parallel_execution, tools.retry_class)
       is distinct from (excluded.tool_type, excluded.description, excluded.json_schema, excluded.tags, excluded.return_char_limit,
                         excluded.enable_parallel_execution, excluded.retry_class)`;
