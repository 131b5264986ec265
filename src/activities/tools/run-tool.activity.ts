import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import type { ToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import type { ToolReturn } from '../../domain/messages/content.js';
import { packToolReturn } from '../../domain/tools/pack-tool-return.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext, ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { isTransientDatabaseError } from '../../repositories/transient-database-error.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { isCancelWanted, withHeartbeat } from '../heartbeat.js';
import { outcomeOf } from './tool-call-outcome.js';
import { executorOf } from './tool-executor.js';
import type { ToolExecutors } from './tool-executor.js';

export interface RunToolDeps {
  readonly toolCalls: ToolCallsRepository;
  readonly executors: ToolExecutors;
}

const defaultReturnCharLimit = 50_000;

export function createRunTool(deps: RunToolDeps) {
  /** Runs one tool call and keeps its result. `started` is committed before and the result after: neither is ever done twice. */
  return function runTool(input: ToolCallInput): Promise<ToolCallOutcome> {
    if (input.call.execution === 'database') return withDatabaseFailures(() => runOnce(deps, input, Context.current().cancellationSignal));
    return withHeartbeat(() => withDatabaseFailures(() => runOnce(deps, input, Context.current().cancellationSignal)));
  };
}

async function runOnce({ toolCalls, executors }: RunToolDeps, input: ToolCallInput, signal: AbortSignal): Promise<ToolCallOutcome> {
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
  const result = await execute(executors, context, input.call.timeoutMs, signal);
  const finished = await untilDatabaseAnswers(signal, () => toolCalls.finish(context.id, toReturn(context, result)));
  return outcomeOf(input, finished.status, finished.result);
}

async function execute(executors: ToolExecutors, context: ToolCallContext, timeoutMs: number, signal: AbortSignal): Promise<ToolResult> {
  const { name } = context.call;
  const executor = context.tool === null ? undefined : executorOf(executors, context.tool);
  if (context.tool === null) return failure(`Tool '${name}' not found: it is not attached to this agent.`);
  if (executor === undefined) return failure(`Tool '${name}' cannot be run by this server.`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const parsed = parseArguments(context.call.arguments);
  if (parsed.isMalformed) return failure(`Error executing function ${name}: its arguments are not a JSON object.`);
  const whole = AbortSignal.any([signal, timeout]);
  try {
    return await Promise.race([executor(context, parsed.arguments, whole), rejectOnAbort(whole)]);
  } catch (error) {
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

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error('The tool call was interrupted'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function failure(value: string): ToolResult {
  return { status: 'error', value };
}

/** Characters. */
const longestErrorLine = 1000;

/** V1's line for what went wrong within a tool of its own; its text alone is what the model reads. */
function errorLines(toolName: string, { status, value, errorType }: ToolResult): readonly string[] | null {
  if (status !== 'error' || errorType === undefined || typeof value !== 'string') return null;
  return [`Error executing function ${toolName}: ${errorType}: ${value}`.slice(0, longestErrorLine)];
}

function toReturn({ call, tool, timezone }: ToolCallContext, result: ToolResult): ToolReturn {
  return {
    toolCallId: call.id,
    toolName: call.name,
    status: result.status,
    content: packToolReturn({
      toolName: call.name,
      result,
      returnCharLimit: tool?.returnCharLimit ?? defaultReturnCharLimit,
      time: { at: new Date(), timezone },
    }),
    stdout: null,
    stderr: errorLines(call.name, result),
  };
}
