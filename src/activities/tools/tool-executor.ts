import type { ToolResult } from '../../domain/tools/tool-result.js';
import { kindOf } from '../../domain/tools/tool-kind.js';
import type { ToolKind } from '../../domain/tools/tool-kind.js';
import type { FreeCallContext, ToolCallContext } from '../../repositories/tool-calls.repository.js';

/**
 * Runs one tool. What goes wrong in the tool itself is a result of status `error`. `call.id` is the idempotency key: a tool that may run twice has to
 * do its work once. Throws when the database is away, or when `signal` aborts: because of a cancel, a timeout or the worker's end. It throws then only
 * when nothing of the tool runs any more; what it returns all the same counts.
 */
export type ToolExecutor = (call: ToolCallContext, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** As before, for tools that are no part of the server: they may be run outside of any agent. */
export type KindExecutor = (call: FreeCallContext, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** By tool name. */
export type NamedExecutors = Readonly<Record<string, ToolExecutor>>;

export interface ToolExecutors {
  /** Of the tools that are part of the server. */
  readonly named: NamedExecutors;
  /** Of all others; a kind that has none is refused. */
  readonly kinds: Readonly<Partial<Record<ToolKind, KindExecutor>>>;
}

type ToolFacts = NonNullable<FreeCallContext['tool']>;

export function executorOf({ named, kinds }: ToolExecutors, call: FreeCallContext, tool: ToolFacts): KindExecutor | undefined {
  const own = Object.hasOwn(named, tool.name) ? named[tool.name] : undefined;
  if (own !== undefined) return isOfAgent(call) ? (_call, args, signal) => own(call, args, signal) : undefined;
  const kind = kindOf(tool);
  return kind === null ? undefined : kinds[kind];
}

function isOfAgent(call: FreeCallContext): call is ToolCallContext {
  return call.agentId !== null && call.conversationId !== null;
}
