import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';

/**
 * Runs one tool. What goes wrong in the tool itself is a result of status `error`. `call.id` is the idempotency key: a tool that may run twice has to
 * do its work once. Throws when the database is away, or when `signal` aborts: because of a cancel, a timeout or the worker's end.
 */
export type ToolExecutor = (call: ToolCallContext, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** What a tool that is no part of the server is made of. */
export type ToolKind = 'python' | 'typescript' | 'rest' | 'mcp';

/** By tool name. */
export type NamedExecutors = Readonly<Record<string, ToolExecutor>>;

export interface ToolExecutors {
  /** Of the tools that are part of the server. */
  readonly named: NamedExecutors;
  /** Of all others; a kind that has none is refused. */
  readonly kinds: Readonly<Partial<Record<ToolKind, ToolExecutor>>>;
}

export function executorOf({ named, kinds }: ToolExecutors, tool: NonNullable<ToolCallContext['tool']>): ToolExecutor | undefined {
  if (Object.hasOwn(named, tool.name)) return named[tool.name];
  const kind = kindOf(tool);
  return kind === null ? undefined : kinds[kind];
}

function kindOf({ toolType, sourceType }: NonNullable<ToolCallContext['tool']>): ToolKind | null {
  if (toolType === 'external_mcp') return 'mcp';
  if (toolType !== 'custom') return null;
  if (sourceType === 'json') return 'rest';
  return sourceType === 'python' || sourceType === 'typescript' ? sourceType : null;
}
