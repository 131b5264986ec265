import type { SandboxNetwork } from '../domain/sandbox/code-sandbox.js';
import type { RetryClass } from '../domain/tools/builtin-tool.js';
import type { ToolUndo } from '../domain/tools/tool-undo.js';

/** A tool as the API shows it. */
export interface ToolRecord {
  readonly id: string;
  readonly name: string;
  readonly toolType: string;
  readonly description: string | null;
  readonly sourceType: string;
  readonly sourceCode: string | null;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly argsJsonSchema: Readonly<Record<string, unknown>> | null;
  readonly tags: readonly string[];
  readonly returnCharLimit: number;
  readonly pipRequirements: readonly Readonly<Record<string, unknown>>[] | null;
  readonly npmRequirements: readonly Readonly<Record<string, unknown>>[] | null;
  readonly defaultRequiresApproval: boolean | null;
  readonly enableParallelExecution: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly retryClass: RetryClass;
  /** Null = as the setting has it. */
  readonly timeoutMs: number | null;
  /** Null = what PERDURA_TOOL_NETWORK allows. */
  readonly network: SandboxNetwork | null;
  readonly undo: ToolUndo | null;
  readonly projectId: string | null;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
}

const members: Readonly<Record<keyof ToolRecord, string>> = {
  id: 'id',
  name: 'name',
  toolType: 'tool_type',
  description: 'description',
  sourceType: 'source_type',
  sourceCode: 'source_code',
  jsonSchema: 'json_schema',
  argsJsonSchema: 'args_json_schema',
  tags: 'tags',
  returnCharLimit: 'return_char_limit',
  pipRequirements: 'pip_requirements',
  npmRequirements: 'npm_requirements',
  defaultRequiresApproval: 'default_requires_approval',
  enableParallelExecution: 'enable_parallel_execution',
  metadata: 'metadata',
  retryClass: 'retry_class',
  timeoutMs: 'timeout_ms',
  network: 'network',
  undo: 'undo',
  projectId: 'project_id',
  createdById: 'created_by_id',
  lastUpdatedById: 'last_updated_by_id',
};

/** Whether a row of `tools` is of a source of a user. */
export function isOfSource(alias: string): string {
  return `${alias}.tool_type = 'custom' and ${alias}.source_type in ('python', 'typescript') and ${alias}.source_code is not null`;
}

/** Its domain TrialSource, as a JSON object. */
export function toolSourceObject(alias: string): string {
  return `jsonb_build_object('isStored', true, 'sourceType', ${alias}.source_type, 'code', ${alias}.source_code, 'jsonSchema', ${alias}.json_schema,
                'pipRequirements', coalesce(${alias}.pip_requirements, '[]'::jsonb), 'npmRequirements', coalesce(${alias}.npm_requirements, '[]'::jsonb),
                'network', ${alias}.network, 'timeoutMs', ${alias}.timeout_ms, 'sealedEnvironment', null)`;
}

/** A row of `tools` under this alias, as a JSON object with the record's members. */
export function toolObject(alias: string): string {
  return `jsonb_build_object(${Object.entries(members)
    .map(([member, column]) => `'${member}', ${alias}.${column}`)
    .join(', ')})`;
}
