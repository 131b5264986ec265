import { Context, log } from '@temporalio/activity';
import type { ToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { ToolCallContext, ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { executeTool, interruptionOf } from './execute-tool.js';
import type { ExecuteToolDeps } from './execute-tool.js';
import { outcomeOf } from './tool-call-outcome.js';
import { failure, toReturn } from './tool-return.js';

export interface RunToolDeps extends ExecuteToolDeps {
  readonly toolCalls: ToolCallsRepository;
}

export function createRunTool(deps: RunToolDeps) {
  /** Runs one tool call and keeps its result. `started` is committed before and the result after: neither is ever done twice. */
  return function runTool(input: ToolCallInput): Promise<ToolCallOutcome> {
    if (input.call.execution === 'database') return withDatabaseFailures(() => runOnce(deps, input, Context.current().cancellationSignal));
    return withHeartbeat(() => withDatabaseFailures(() => runOnce(deps, input, interruptionOf(deps, input.call.retryClass))));
  };
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
  const result = await execute(deps, context, input.call, signal);
  const finished = await untilDatabaseAnswers(signal, () => toolCalls.finish(context.id, toReturn(context, result)));
  if (finished.status !== 'finished')
    log.warn('the result of a tool came too late: its call had been settled', { tool: context.call.name });
  return outcomeOf(input, finished.status, finished.result);
}

function execute(
  deps: RunToolDeps,
  context: ToolCallContext,
  { timeoutMs, retryClass }: ToolCallInput['call'],
  signal: AbortSignal,
): Promise<ToolResult> | ToolResult {
  const { name } = context.call;
  if (context.tool === null) return failure(`Tool '${name}' not found: it is not attached to this agent.`);
  const parsed = parseArguments(context.call.arguments);
  if (parsed.isMalformed) return failure(`Error executing function ${name}: its arguments are not a JSON object.`);
  return executeTool(deps, { context, args: parsed.arguments, timeoutMs, retryClass }, signal);
}
