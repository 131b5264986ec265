/** The tools that are part of the server. */
export const builtinToolNames = [
  'send_message',
  'conversation_search',
  'archival_memory_insert',
  'archival_memory_search',
  'core_memory_append',
  'core_memory_replace',
  'memory_replace',
  'memory_insert',
  'memory_rethink',
  'memory_finish_edits',
  'memory_apply_patch',
  'memory',
  'web_search',
  'fetch_webpage',
  'sleep_until',
  'wait_for_event',
  'run_code',
  'open_files',
  'grep_files',
  'semantic_search_files',
] as const;

export type BuiltinToolName = (typeof builtinToolNames)[number];

export type BuiltinToolType = 'letta_core' | 'letta_memory_core' | 'letta_sleeptime_core' | 'letta_builtin' | 'letta_files_core';

/** Whether a call that was cut off may run again. */
export type RetryClass = 'never' | 'on_interrupt' | 'always';

/** `database`: one short transaction. `external`: calls an embedding model, searches or asks other servers. `sandbox`: runs code of the model's. `wait`: a timer. */
export type BuiltinExecution = 'database' | 'external' | 'sandbox' | 'wait';

export interface BuiltinTool {
  readonly name: BuiltinToolName;
  readonly toolType: BuiltinToolType;
  readonly description: string;
  /** JSON schema of type object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly enableParallelExecution: boolean;
  /** Characters; the two searches are cut by nobody. */
  readonly returnCharLimit: number;
  readonly retryClass: RetryClass;
  readonly execution: BuiltinExecution;
}

export function isBuiltinToolName(name: string): name is BuiltinToolName {
  return (builtinToolNames as readonly string[]).includes(name);
}

/** Built-in tools are safe to repeat: edits and insertions are keyed by their call, searches change nothing. Of code that a model has written nobody knows. */
export function defineBuiltin(
  toolType: BuiltinToolType,
  tool: Pick<BuiltinTool, 'name' | 'description'> & {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
    readonly isSearch?: boolean;
    readonly isExternal?: boolean;
    readonly waits?: boolean;
    readonly runsCode?: boolean;
  },
): BuiltinTool {
  return {
    name: tool.name,
    toolType,
    description: tool.description,
    parameters: { type: 'object', properties: tool.properties, required: tool.required ?? Object.keys(tool.properties) },
    tags: [toolType],
    enableParallelExecution: tool.isSearch ?? tool.runsCode ?? false,
    returnCharLimit: 50_000,
    retryClass: tool.runsCode ? 'never' : 'always',
    execution: executionOf(tool),
  };
}

function executionOf(tool: { readonly isExternal?: boolean; readonly waits?: boolean; readonly runsCode?: boolean }): BuiltinExecution {
  if (tool.waits) return 'wait';
  if (tool.runsCode) return 'sandbox';
  return tool.isExternal ? 'external' : 'database';
}
