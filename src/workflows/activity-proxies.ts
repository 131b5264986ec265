import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { LocalActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { CallFacts, LoopTimeouts, ModelTimeouts } from '../domain/agent-loop/loop-types.js';
import type { IngestTimeouts } from '../domain/files/file-ingest.js';
import { fileTaskQueue } from '../domain/files/file-task-queue.js';
import { serviceAwayType } from '../domain/runs/failure-types.js';
import type { TrialCall } from '../domain/tools/tool-trial.js';
import { toolTaskQueue } from '../domain/tools/tool-task-queue.js';

/** Every timeout and retry class of the server's activities stands in this file: docs/design/workflows.md explains them. */

const inTask = databaseActivities();

function databaseActivities(more: Pick<LocalActivityOptions, 'summary'> = {}): Activities {
  return proxyLocalActivities<Activities>({
    ...more,
    startToCloseTimeout: '5s',
    scheduleToCloseTimeout: '8s',
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumAttempts: 5 },
  });
}

const untilDone = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

type Recorded =
  'advanceConversation' | 'advanceWait' | 'openAnswer' | 'persistAnswer' | 'persistStep' | 'settleToolCall' | 'undoCompaction';

/**
 * Short database work that has to happen: within the workflow's own task as a rule, and as an activity that is repeated for as long as it takes when
 * the database is away.
 */
export const record: Pick<Activities, Recorded> = {
  advanceConversation: input => inTask.advanceConversation(input).catch(whenAway(() => untilDone.advanceConversation(input))),
  advanceWait: input => inTask.advanceWait(input).catch(whenAway(() => untilDone.advanceWait(input))),
  openAnswer: input => inTask.openAnswer(input).catch(whenAway(() => untilDone.openAnswer(input))),
  persistAnswer: input => inTask.persistAnswer(input).catch(whenAway(() => untilDone.persistAnswer(input))),
  persistStep: input => inTask.persistStep(input).catch(whenAway(() => untilDone.persistStep(input))),
  settleToolCall: input => inTask.settleToolCall(input).catch(whenAway(() => untilDone.settleToolCall(input))),
  undoCompaction: input => inTask.undoCompaction(input).catch(whenAway(() => untilDone.undoCompaction(input))),
};

function whenAway<Result>(repeat: () => Promise<Result>): (error: unknown) => Promise<Result> {
  return error => {
    if (isAway(error)) return repeat();
    throw error;
  };
}

/** The failure of a local activity comes within an ActivityFailure; a timeout that is replayed comes bare, and has to lead the same way. */
function isAway(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof TimeoutFailure || (cause instanceof ApplicationFailure && cause.type === serviceAwayType);
}

/** Longer than the call's own limit, so that the activity itself can tell of it and count its tries. */
const modelGraceMs = 30_000;

/** One call of the model may take long; how often and when it is tried again is the activity's own matter. */
export function modelActivities(
  { modelCallMs, heartbeatMs }: ModelTimeouts,
  summary: string,
): Pick<Activities, 'callModel' | 'compactContext' | 'generateText'> {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: modelCallMs + modelGraceMs,
    heartbeatTimeout: heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/** Longer than the tool's own timeout and its end take, so that the activity itself can tell of them. */
const toolGraceMs = 5000;

export function toolActivities(call: CallFacts, timeouts: LoopTimeouts): Pick<Activities, 'runTool'> {
  if (call.execution !== 'database') return outsideActivities(call, timeouts);
  const { runTool } = databaseActivities({ summary: `tool ${call.toolName}` });
  return { runTool: input => runTool(input).catch(whenAway(() => untilDone.runTool(input))) };
}

/** Calls of tools outside of any run: whatever the tool does, it is no part of a workflow's task. */
export function trialActivities(call: TrialCall, timeouts: LoopTimeouts): Pick<Activities, 'runTrial' | 'settleTrial'> {
  const { runTrial } = outsideActivities(call, timeouts);
  return { runTrial, settleTrial: input => untilDone.settleTrial(input) };
}

function outsideActivities(call: TrialCall, { heartbeatMs, tools }: LoopTimeouts): Pick<Activities, 'runTool' | 'runTrial'> {
  return proxyActivities<Activities>({
    summary: `tool ${call.toolName}`,
    // No worker may have a sandbox: the model is told so, and the run goes on.
    ...(call.execution === 'sandbox' ? { taskQueue: toolTaskQueue, scheduleToStartTimeout: tools.startMs } : {}),
    startToCloseTimeout: call.timeoutMs + tools.endMs + toolGraceMs,
    heartbeatTimeout: heartbeatMs,
    // Who reads of a cancelled call may rely on it that nothing of it runs any more.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry:
      call.retryClass === 'never'
        ? { maximumAttempts: 1 }
        : { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: tools.attempts },
  });
}

/** The timer has nobody else to try again. */
export const approvalActivities: Pick<Activities, 'settleOverdueApproval'> = untilDone;

/** Notes and starts undos: short, and it has to happen. */
export const compensationActivities: Pick<Activities, 'advanceCompensation'> = {
  advanceCompensation: input => inTask.advanceCompensation(input).catch(whenAway(() => untilDone.advanceCompensation(input))),
};

/** Tells of a generation that has failed: whoever asked for it waits for that. */
export const generationActivities: Pick<Activities, 'failGeneration'> = untilDone;

/** Wakes agents: short, and it has to happen. */
export const agentActivities: Pick<Activities, 'wakeAgentWhenDue'> = untilDone;

export const reconcileActivities = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 3 },
});

/** A batch of an embedding model that runs here takes a while. What the providers refuse is noted on the rows; the rest has to happen. */
export const embeddingActivities = proxyActivities<Activities>({
  summary: 'embed messages',
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Receivers may be away for hours; how often they are asked is the activity's own matter. */
export const callbackActivities = proxyActivities<Activities>({
  summary: 'callback',
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 3, maximumInterval: '1h' },
});

/** A provider that embeds, or a storage of objects, may be away for long; whether it is asked again is the activity's own matter. */
export const jobActivities = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** A provider that embeds, or a database, may be away for long. What is wrong with a file the activities note on its rows. */
export function fileActivities({ parseMs, heartbeatMs }: IngestTimeouts): Pick<Activities, 'parseFile' | 'chunkFile' | 'embedFile'> {
  const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;
  const options = { taskQueue: fileTaskQueue, heartbeatTimeout: heartbeatMs };
  // Longer than the limit of a file, so that the activity itself can tell of it.
  const { parseFile } = proxyActivities<Activities>({ ...options, retry, startToCloseTimeout: parseMs + 60_000 });
  const { chunkFile, embedFile } = proxyActivities<Activities>({ ...options, retry, startToCloseTimeout: '10m' });
  return { parseFile, chunkFile, embedFile };
}

/** Goes on for a minute a call; a store may be away for as long as it likes, and what it has yet to be told waits in rows. */
export const vectorActivities = proxyActivities<Activities>({
  summary: 'vectors',
  startToCloseTimeout: '120s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** What it does not get to do is done at the next tick. */
export const retentionActivities: Pick<Activities, 'deleteExpired'> = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 5 },
});

/** One batch of a purge, which has to happen. */
export const purgeActivities: Pick<Activities, 'purgeRows'> = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
