import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import type { RetryClass } from '../../domain/tools/builtin-tool.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { FreeCallContext } from '../../repositories/tool-calls.repository.js';
import { isTransientDatabaseError } from '../../repositories/transient-database-error.js';
import { isCancelWanted } from '../heartbeat.js';
import { endOfTool, ToolLeaked } from './end-of-tool.js';
import { executorOf } from './tool-executor.js';
import type { ToolExecutors } from './tool-executor.js';
import { failure } from './tool-return.js';

export interface ExecuteToolDeps {
  readonly executors: ToolExecutors;
  readonly toolLimits: ToolRunLimits;
  /** Aborts when this process is told to end. */
  readonly stopping: AbortSignal;
}

export interface ToolRunLimits {
  /** How long a tool that was told to end may take to do so, in ms. */
  readonly endMs: number;
  /** How often a call may be tried in all. */
  readonly attempts: number;
}

export interface ToolExecution {
  readonly context: FreeCallContext;
  readonly args: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly retryClass: RetryClass;
}

/** A call that may run again is handed over at once when the worker goes down; one that may not has the worker's grace time to end. */
export function interruptionOf({ stopping }: ExecuteToolDeps, retryClass: RetryClass): AbortSignal {
  const { cancellationSignal } = Context.current();
  return retryClass === 'never' ? cancellationSignal : AbortSignal.any([cancellationSignal, stopping]);
}

/** Runs one tool, in a run or outside of any. Throws what Temporal has to know: that it is to try again, that the call is to end, that the database is away. */
export async function executeTool(deps: ExecuteToolDeps, execution: ToolExecution, signal: AbortSignal): Promise<ToolResult> {
  const result = await execute(deps, execution, signal);
  if (result.isTransient === true && mayTryAgain(deps, execution)) {
    throw ApplicationFailure.retryable(`The tool ${execution.context.call.name} failed in a way that may pass`, 'ToolFailedTransiently');
  }
  return result;
}

/** `on_interrupt` stands for losses of the worker alone: what the tool itself tells of is told to its caller. */
function mayTryAgain({ toolLimits }: ExecuteToolDeps, { retryClass }: ToolExecution): boolean {
  return retryClass === 'always' && Context.current().info.attempt < toolLimits.attempts;
}

async function execute(
  { executors, toolLimits }: ExecuteToolDeps,
  { context, args, timeoutMs }: ToolExecution,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { name } = context.call;
  if (context.tool === null) return failure(`Tool '${name}' not found.`);
  const executor = executorOf(executors, context, context.tool);
  if (executor === undefined) return failure(`Tool '${name}' cannot be run by this server.`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const whole = AbortSignal.any([signal, timeout]);
  if (signal.aborted) throw interruption();
  try {
    return await endOfTool(executor(context, args, whole), whole, toolLimits.endMs);
  } catch (error) {
    if (error instanceof ToolLeaked)
      log.error('a tool did not end when it was told to: what is left of it goes on', { tool: name, key: context.id });
    if (signal.aborted) throw interruption();
    if (timeout.aborted) return failure(`Error executing function ${name}: it did not end within ${timeoutMs / 1000} seconds.`);
    if (isTransientDatabaseError(error)) throw error;
    log.warn('tool failed', { tool: name, error });
    return failure(`Error executing function ${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

/** Cancelled for good, or to be taken over by another worker. */
function interruption(): Error {
  return isCancelWanted()
    ? new CancelledFailure('The tool call was cancelled')
    : ApplicationFailure.retryable('The worker is going down', 'WorkerShutdown');
}
