import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import type { FinishedRunReport } from '../activities/runs/advance-conversation.activity.js';
import type { LoopOutcome, RunWork, StepInput, StepOutcome } from '../domain/agent-loop/loop-types.js';
import { timeBudgetEnd } from '../domain/budgets/budget.js';
import { runAgentLoop } from '../domain/agent-loop/run-agent-loop.js';
import { runAnsweredCalls } from '../domain/agent-loop/run-answered-calls.js';
import { runAgentStep } from '../domain/agent-loop/run-agent-step.js';
import { stepWorkflowId } from '../domain/runs/execution-ids.js';
import { record } from './activity-proxies.js';
import { answeredCalls } from './answered-calls.workflow.js';
import { agentStep } from './agent-step.workflow.js';
import { showRun } from './current-details.js';
import type { RunDetails } from './current-details.js';
import { heldRunQuery, stepActivitySignal, wakeSignal } from './messages.js';
import type { ConversationInput } from './messages.js';
import { runChild } from './run-child.js';
import type { ChildPlace } from './run-child.js';
import { runCommand } from './run-command.js';
import { attributesOfEnd, changesOfNone, changesOfStart } from './search-attributes.js';
import { createStepReporter } from './step-activity.js';
import { stepPorts } from './step-ports.js';
import type { StepPorts } from './step-ports.js';

interface HeldRun {
  readonly runId: string;
  readonly scope: CancellationScope;
  readonly details: RunDetails;
}

/**
 * The lock and the queue of one conversation. Executes the runs that its rows list, one after the other, and completes when none is left. Signals
 * only say that the rows have changed; an execution that is lost is replaced by another one, which goes on from the rows.
 */
export async function agentConversation(input: ConversationInput): Promise<void> {
  let held: HeldRun | null = null;
  let wakes = 0;
  let hasBegun = false;
  setHandler(wakeSignal, ({ cancelRunId, acceptNo }) => {
    wakes += 1;
    if (held === null) return;
    if (held.runId === cancelRunId) held.scope.cancel();
    if (acceptNo !== undefined) held.details.accepted(acceptNo);
  });
  setHandler(stepActivitySignal, activity => held?.details.doing(activity));
  setHandler(heldRunQuery, () => held?.runId ?? null);
  // Who cancels the workflow itself, in Temporal's UI say, means the run; the queue goes on.
  const cancelHeldRun = (): void => held?.scope.cancel();
  CancellationScope.current().cancelRequested.catch(cancelHeldRun);

  await CancellationScope.nonCancellable(async () => {
    let finished: FinishedRunReport | null = null;
    for (;;) {
      const seen = wakes;
      const work: RunWork | null = await record.advanceConversation({ conversationId: input.conversationId, finished });
      finished = null;
      if (work === null) {
        if (wakes !== seen) continue;
        if (!hasBegun) tell(changesOfNone(workflowInfo().typedSearchAttributes));
        return;
      }
      // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- what comes before is the same; the new execution goes on from the rows
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof agentConversation>(input);
      hasBegun = true;
      held = { runId: work.runId, scope: new CancellationScope(), details: showRun(work) };
      const outcome = await executeRun(held, work);
      // A run that its agent's state holds is left as it is: whoever resumes the agent wakes this conversation.
      if (outcome.kind === 'stop') finished = { runId: work.runId, end: outcome.end };
      held = null;
    }
  });
}

/** Each is an entry of the history, and costs Temporal more than a local activity. */
function tell(changes: SearchAttributeUpdatePair[]): void {
  if (changes.length > 0) upsertSearchAttributes(changes);
}

/** One or two entries of the history a run, so that people find it in Temporal's UI. */
async function executeRun(held: HeldRun, work: RunWork): Promise<LoopOutcome> {
  tell(changesOfStart(work, workflowInfo().typedSearchAttributes));
  const outcome = await outcomeInTime(held, work);
  if (outcome.kind === 'stop') {
    upsertSearchAttributes(attributesOfEnd(outcome.end));
    held.details.ended(outcome.end);
  } else held.details.heldBack();
  return outcome;
}

/** Cancels what the run is doing when its time is over: the step keeps what it has. */
async function outcomeInTime(held: HeldRun, work: RunWork): Promise<LoopOutcome> {
  const { deadline } = work;
  if (deadline == null) return outcomeOf(held, work);
  let isOver = false;
  const clock = new CancellationScope();
  const alarm = clock.run(async () => {
    await sleep(Math.max(1, deadline.at - Date.now()));
    isOver = true;
    held.scope.cancel();
  });
  const outcome = await outcomeOf(held, work);
  clock.cancel();
  await alarm.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  const ranOut = isOver && outcome.kind === 'stop' && outcome.end.stopReason === 'cancelled';
  return ranOut ? { kind: 'stop', end: timeBudgetEnd(deadline.maxSeconds) } : outcome;
}

async function outcomeOf({ scope, details }: HeldRun, work: RunWork): Promise<LoopOutcome> {
  try {
    const ports = {
      runStep: (step: StepInput) => runStep(step, details),
      runAnsweredCalls: (step: StepInput) => carryOutAnswers(step, details),
    };
    return await scope.run(() => (work.command === null ? runAgentLoop(ports, work) : runCommand(work)));
  } catch (error) {
    if (isCancellation(error)) return { kind: 'stop', end: { stopReason: 'cancelled', error: null } };
    const detail = error instanceof Error ? error.message : String(error);
    const runError = { type: 'internal_error', message: 'An unexpected error occurred.', detail, status: 500 };
    return { kind: 'stop', end: { stopReason: 'error', error: runError } };
  }
}

function runStep(step: StepInput, details: RunDetails): Promise<StepOutcome> {
  details.stepStarted(step.number);
  if (step.isolation === 'inline') return runAgentStep(inlinePorts(step, details), step);
  return runChild(agentStep, step, placeOf(step, `step ${step.number}, ${step.modelHandle}`));
}

function carryOutAnswers(step: StepInput, details: RunDetails): Promise<StepOutcome> {
  if (step.isolation === 'inline') return runAnsweredCalls(inlinePorts(step, details), step);
  return runChild(answeredCalls, step, placeOf(step, 'calls that were allowed'));
}

function inlinePorts(step: StepInput, details: RunDetails): StepPorts {
  const reporter = createStepReporter(activity => details.doing(activity));
  return stepPorts(step, reporter);
}

function placeOf({ agentId, conversationId, runId, number }: StepInput, summary: string): ChildPlace {
  return { agentId, conversationId, runId, workflowId: stepWorkflowId(runId, number), summary };
}
