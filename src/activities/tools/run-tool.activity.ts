import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import type { ToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext, ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { isTransientDatabaseError } from '../../repositories/transient-database-error.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { isCancelWanted, withHeartbeat } from '../heartbeat.js';
import { endOfTool, ToolLeaked } from './end-of-tool.js';
import { outcomeOf } from './tool-call-outcome.js';
import { executorOf } from './tool-executor.js';
import type { ToolExecutors } from './tool-executor.js';
import { failure, toReturn } from './tool-return.js';

export interface RunToolDeps {
  readonly toolCalls: ToolCallsRepository;
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

export function createRunTool(deps: RunToolDeps) {
  /** Runs one tool call and keeps its result. `started` is committed before and the result after: neither is ever done twice. */
  return function runTool(input: ToolCallInput): Promise<ToolCallOutcome> {
    if (input.call.execution === 'database') return withDatabaseFailures(() => runOnce(deps, input, Context.current().cancellationSignal));
    return withHeartbeat(() => withDatabaseFailures(() => runOnce(deps, input, interruptionOf(deps, input))));
  };
}

/** A call that may run again is handed over at once when the worker goes down; one that may not has the worker's grace time to end. */
function interruptionOf({ stopping }: RunToolDeps, { call }: ToolCallInput): AbortSignal {
  const { cancellationSignal } = Context.current();
  return call.retryClass === 'never' ? cancellationSignal : AbortSignal.any([cancellationSignal, stopping]);
}

async function runOnce(deps: RunToolDeps, input: ToolCallInput, signal: AbortSignal): Promise<ToolCallOutcome> {
  const { toolCalls } = deps;
  const begun = await untilDatabaseAnswers(signal, () => toolCalls.begin(input));
  if (begun === null) return outcomeOf(input, 'cut_off', null);
  if (begun.state === 'ended') return outcomeOf(input, begun.status, begun.result);
  const { context } = begun;
  const refusal = input.call.violation ?? input.call.invalidPrefill;
  if (refusal !== null) {
    const refused = await toolCalls.refuse(context.id, toReturn(context, failure(refusal)));
    return outcomeOf(input, refused.status, refused.result);
  }
  if (begun.state === 'started-before' && input.call.retryClass === 'never') {
    const settled = await toolCalls.settle(context);
    return outcomeOf(input, settled.status, settled.result);
  }
  const result = await execute(deps, context, input.call.timeoutMs, signal);
  if (result.isTransient === true && mayTryAgain(deps, input)) {
    throw ApplicationFailure.retryable(`The tool ${context.call.name} failed in a way that may pass`, 'ToolFailedTransiently');
  }
  const finished = await untilDatabaseAnswers(signal, () => toolCalls.finish(context.id, toReturn(context, result)));
  if (finished.status !== 'finished')
    log.warn('the result of a tool came too late: its call had been settled', { tool: context.call.name });
  return outcomeOf(input, finished.status, finished.result);
}

/** `on_interrupt` stands for losses of the worker alone: what the tool itself tells of is told to the model. */
function mayTryAgain({ toolLimits }: RunToolDeps, { call }: ToolCallInput): boolean {
  return call.retryClass === 'always' && Context.current().info.attempt < toolLimits.attempts;
}

async function execute(
  { executors, toolLimits }: RunToolDeps,
  context: ToolCallContext,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { name } = context.call;
  const executor = context.tool === null ? undefined : executorOf(executors, context.tool);
  if (context.tool === null) return failure(`Tool '${name}' not found: it is not attached to this agent.`);
  if (executor === undefined) return failure(`Tool '${name}' cannot be run by this server.`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const parsed = parseArguments(context.call.arguments);
  if (parsed.isMalformed) return failure(`Error executing function ${name}: its arguments are not a JSON object.`);
  const whole = AbortSignal.any([signal, timeout]);
  if (signal.aborted) throw interruption();
  try {
    return await endOfTool(executor(context, parsed.arguments, whole), whole, toolLimits.endMs);
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
