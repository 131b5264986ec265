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
] as const;

export type BuiltinToolName = (typeof builtinToolNames)[number];

export type BuiltinToolType = 'letta_core' | 'letta_memory_core' | 'letta_sleeptime_core';

/** Whether a call that was cut off may run again. */
export type RetryClass = 'never' | 'on_interrupt' | 'always';

/** `database`: one short transaction. `external`: calls an embedding model or searches. */
export type BuiltinExecution = 'database' | 'external';

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
