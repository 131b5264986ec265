import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';

/**
 * Runs one tool. What goes wrong in the tool itself is a result of status `error`. `call.id` is the idempotency key: a tool that may run twice has to
 * do its work once. Throws when the database is away, or when `signal` aborts: because of a cancel, a timeout or the worker's end.
 */
export type ToolExecutor = (call: ToolCallContext, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** By tool name. */
export type ToolExecutors = Readonly<Record<string, ToolExecutor>>;
