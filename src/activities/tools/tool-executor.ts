import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';

/**
 * Runs one tool. What goes wrong in the tool itself is a result of status `error`. `call.id` is the idempotency key: a tool that may run twice has to
 * do its work once. Throws when the database is away, or when `signal` aborts: because of a cancel, a timeout or the worker's end. It throws then only
 * when nothing of the tool runs any more; what it returns all the same counts.
 */
export type ToolExecutor = (call: ToolCallContext, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** What a tool that is no part of the server is made of. */
export type ToolKind = 'python' | 'typescript' | 'rest' | 'mcp';

/** The code of these comes from users: it runs where there are sandboxes for it. */
export const sandboxedKinds: ReadonlySet<ToolKind | null> = new Set<ToolKind>(['python', 'typescript']);

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

/** Null = a tool that is part of the server. */
export function kindOf({ toolType, sourceType }: Pick<NonNullable<ToolCallContext['tool']>, 'toolType' | 'sourceType'>): ToolKind | null {
  if (toolType === 'external_mcp') return 'mcp';
  if (toolType !== 'custom') return null;
  if (sourceType === 'json') return 'rest';
  return sourceType === 'python' || sourceType === 'typescript' ? sourceType : null;
}
