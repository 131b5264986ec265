import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type {
  ModelCallInput,
  ModelOutcome,
  StepInput,
  SummarizeInput,
  SummarizeOutcome,
  ToolCallInput,
  ToolCallOutcome,
} from '../domain/agent-loop/loop-types.js';
import type { AnsweredCallsPorts } from '../domain/agent-loop/run-answered-calls.js';
import type { AgentStepPorts } from '../domain/agent-loop/run-agent-step.js';
import { callIdOf, summarizeWorkflowId } from '../domain/runs/execution-ids.js';
import { endOfFailure } from './activity-failure.js';
import { modelActivities, record } from './activity-proxies.js';
import { runChild } from './run-child.js';
import type { StepReporter } from './step-activity.js';
import { summarize } from './summarize.workflow.js';
import { settle, toolCall } from './tool-call.workflow.js';

export type StepPorts = AgentStepPorts & AnsweredCallsPorts;

/** The step's ports: activities, and children or the same functions called in place, as the run's isolation has it. */
export function stepPorts(step: StepInput, reporter: StepReporter): StepPorts {
  return {
    callModel: input => reporter.during('model', () => callModel(step, input)),
    runToolCall: input => reporter.during(input.call, () => runToolCall(step, input)),
    summarize: input => reporter.during('compaction', () => compact(step, input)),
    openAnswer: input => record.openAnswer(input),
    persistAnswer: input => CancellationScope.nonCancellable(() => record.persistAnswer(input)),
    persistStep: input => CancellationScope.nonCancellable(() => record.persistStep(input)),
  };
}

async function compact(step: StepInput, input: SummarizeInput): Promise<SummarizeOutcome> {
  const order = { ...input, timeouts: step.timeouts };
  if (step.isolation === 'inline') return summarize(order);
  return runChild(summarize, order, {
    agentId: step.agentId,
    conversationId: step.conversationId,
    runId: step.runId,
    workflowId: summarizeWorkflowId(step.runId, input.pass),
    summary: `compaction: ${input.trigger}`,
  });
}

async function callModel(step: StepInput, input: ModelCallInput): Promise<ModelOutcome> {
  try {
    const summary = `${step.modelHandle}, step ${input.stepNumber}`;
    return await modelActivities(step.timeouts, summary).callModel(input);
  } catch (error) {
    // A call that is lost with its worker fails by its silence, also when it was to be cancelled.
    if (isCancellation(error) || CancellationScope.current().consideredCancelled) return { kind: 'cancelled' };
    if (error instanceof ActivityFailure) return { kind: 'failed', end: endOfFailure(error) };
    throw error;
  }
}

async function runToolCall(step: StepInput, input: ToolCallInput): Promise<ToolCallOutcome> {
  const order = { ...input, timeouts: step.timeouts };
  // What waits is told so by its own name, whatever the isolation.
  if (step.isolation === 'inline' && input.call.execution !== 'wait') return toolCall(order);
  try {
    return await runChild(toolCall, order, {
      agentId: step.agentId,
      conversationId: step.conversationId,
      runId: step.runId,
      workflowId: callIdOf(input),
      summary: `tool ${input.call.toolName}, step ${input.stepNumber}`,
    });
  } catch (error) {
    // The child was cancelled before it began, or somebody terminated it.
    return settle(input, isCancellation(error));
  }
}
