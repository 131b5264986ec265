import { Worker } from '@temporalio/worker';
import type { WorkerOptions, NativeConnection } from '@temporalio/worker';
import { createActivities, createToolActivities } from './src/activities/create-activities.js';
import type { ActivityDeps, ToolWorkerDeps } from './src/activities/create-activities.js';
import { createFileActivities } from './src/activities/files/create-file-activities.js';
import type { FileActivityDeps } from './src/activities/files/create-file-activities.js';
import { fileTaskQueue } from './src/domain/files/file-task-queue.js';
import { toolTaskQueue } from './src/domain/tools/tool-task-queue.js';
import { taskQueue } from './src/temporal/task-queues.js';

export interface StartWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** How payloads are read and written, as the client does; the bundle has to be made for it. */
  readonly dataConverter: NonNullable<WorkerOptions['dataConverter']>;
  /** The prebuilt bundle (`{ codePath }`), or the code itself where it was bundled in this process. */
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly activities: ActivityDeps;
  /** Activities at once; model calls mostly wait. */
  readonly activitySlots: number;
  /** Local activities at once: a few times the size of the connection pool. */
  readonly localActivitySlots: number;
  /** Wrapped around workflows and activities: tests stop processes there. */
  readonly interceptors?: WorkerOptions['interceptors'];
  /** How long running activities may go on after a shutdown was asked for, in ms. */
  readonly shutdownGraceMs: number;
}

export interface RunningWorker {
  /** Takes no new work, lets the running activities end within the grace time, and resolves. */
  shutdown(): Promise<void>;
  /** Resolves when the worker has stopped; rejects when it failed. */
  readonly stopped: Promise<void>;
}

/** Runs workflows and activities on Perdura's task queue. */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue,
    workflowBundle: options.workflowBundle,
    dataConverter: options.dataConverter,
    activities: createActivities(options.activities),
    maxConcurrentActivityTaskExecutions: options.activitySlots,
    maxConcurrentLocalActivityExecutions: options.localActivitySlots,
    maxCachedWorkflows: 300,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    // How long a task waits for the worker that has its workflow in memory before any other may take it.
    stickyQueueScheduleToStartTimeout: '5s',
    // A cancel reaches an activity with its heartbeat, unless the server pushes it.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: options.shutdownGraceMs,
    ...(options.interceptors === undefined ? {} : { interceptors: options.interceptors }),
  });
  return run(worker);
}

export interface StartToolWorkerOptions extends Pick<
  StartWorkerOptions,
  'connection' | 'namespace' | 'dataConverter' | 'interceptors' | 'shutdownGraceMs'
> {
  readonly activities: ToolWorkerDeps;
  /** Calls at once. */
  readonly slots: number;
}

/** Runs the calls of sandboxed tools, and no workflows: their code may have a machine of its own. */
export function startToolWorker(options: StartToolWorkerOptions): Promise<RunningWorker> {
  return startActivities(options, toolTaskQueue, createToolActivities(options.activities));
}

export interface StartFileWorkerOptions extends Omit<StartToolWorkerOptions, 'activities' | 'slots'> {
  readonly activities: FileActivityDeps;
  /** Files at once. */
  readonly slots: number;
}

/** Reads files. */
export function startFileWorker(options: StartFileWorkerOptions): Promise<RunningWorker> {
  return startActivities(options, fileTaskQueue, createFileActivities(options.activities));
}

async function startActivities(
  options: Omit<StartToolWorkerOptions, 'activities'>,
  queue: string,
  activities: NonNullable<WorkerOptions['activities']>,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: queue,
    dataConverter: options.dataConverter,
    activities,
    maxConcurrentActivityTaskExecutions: options.slots,
    activityTaskPollerBehavior: { type: 'autoscaling' },
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: options.shutdownGraceMs,
    ...(options.interceptors === undefined ? {} : { interceptors: options.interceptors }),
  });
  return run(worker);
}

function run(worker: Worker): RunningWorker {
  const stopped = worker.run();
  // Whoever waits for `stopped` gets the failure; without a listener it would end the process before.
  stopped.catch(() => undefined);
  return {
    async shutdown() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
    stopped,
  };
}
