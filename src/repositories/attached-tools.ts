/** A tool as the loop sees it. */
export interface AttachedTool {
  readonly id: string;
  readonly name: string;
  readonly toolType: string;
  /** python | typescript | json */
  readonly sourceType: string;
  readonly description: string | null;
  readonly jsonSchema: { readonly description?: string; readonly parameters?: Readonly<Record<string, unknown>> };
  readonly enableParallelExecution: boolean;
  readonly retryClass: 'never' | 'on_interrupt' | 'always';
  readonly timeoutMs: number | null;
}

/** A query for the AttachedTools of an agent as one jsonb array, null when it has none. `agent` = an expression for the agent's id. */
export function attachedToolsSql(agent: string): string {
  return `select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'toolType', t.tool_type, 'sourceType', t.source_type, 'description', t.description, 'jsonSchema', t.json_schema,
                'enableParallelExecution', t.enable_parallel_execution, 'retryClass', t.retry_class, 'timeoutMs', t.timeout_ms) order by t.name)
          from tools_agents ta join tools t on t.id = ta.tool_id where ta.agent_id = ${agent}`;
}
