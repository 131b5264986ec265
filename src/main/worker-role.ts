import { existsSync } from 'node:fs';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { startFileWorker, startToolWorker, startWorker } from '../../worker.js';
import type { RunningWorker } from '../../worker.js';
import type { ToolWorkerDeps } from '../activities/create-activities.js';
import type { DeleteExpiredDeps } from '../activities/retention/delete-expired.activity.js';
import type { DefaultTimeouts } from '../activities/tools/call-facts.js';
import { createMcpExecutor } from '../activities/tools/mcp-executor.js';
import { createCodeExecutors } from '../activities/tools/code-executors.js';
import { createMemoryExecutors } from '../activities/tools/memory-executors.js';
import { createSearchExecutors } from '../activities/tools/search-executors.js';
import { createWebExecutors } from '../activities/tools/web-executors.js';
import type { WebExecutorOptions } from '../activities/tools/web-executors.js';
import type { NamedExecutors, ToolExecutors } from '../activities/tools/tool-executor.js';
import { createSecretsOf } from '../domain/secrets/secrets-of.js';
import type { TraceLimits } from '../domain/traces/traceable-json.js';
import { presentRunAnswer } from '../api/routes/messages/run-answer.js';
import { loopTimeouts } from '../config/loop-timeouts.js';
import { packageFile } from '../config/version.js';
import type { Settings } from '../config/settings.js';
import { failureConverterOption } from '../temporal/data-converter.js';
import { registerSearchAttributes } from '../temporal/register-search-attributes.js';
import { scheduleReconcile, scheduleRetention } from '../temporal/schedule-reconcile.js';
import type { Backend } from './backend.js';
import { customExecutors } from './custom-tools.js';
import { fileReading, pageReading } from './file-worker.js';
import { fileExecutors } from './file-executors.js';
import { restExecutor } from './rest-tools.js';
import type { RunningRole } from './running-role.js';
import { createToolSandbox } from './tool-sandboxes.js';
import type { ToolSandbox } from './tool-sandboxes.js';
import { useVectorStore } from './vector-stores.js';

export interface WorkerRoleOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Executors beside the built-in ones, by tool name. */
  readonly moreTools?: NamedExecutors;
  /** Where the code of the workflows comes from; null takes the prebuilt bundle, or bundles the sources when there is none. */
  readonly workflowBundle?: WorkerOptions['workflowBundle'];
  readonly interceptors?: WorkerOptions['interceptors'];
}

type OptionalLogger = Omit<WorkerRoleOptions, 'logger'> & Partial<Pick<WorkerRoleOptions, 'logger'>>;

/** Runs workflows and activities on a backend that somebody else closes. */
export async function runWorker(backend: Backend, options: WorkerRoleOptions): Promise<RunningRole> {
  const { settings, logger } = options;
  await prepareNamespace(backend, settings, logger);
  if (settings.vectorStore !== null) await useVectorStore(backend, settings.vectorStore);
  const worker = await startOn(backend, options);
  await scheduleReconcile(backend.temporal.client, settings.reconcileIntervalMs);
  await scheduleRetention(backend.temporal.client, settings.retentionIntervalMs);
  // What one worker cannot read another one can: it must not go on failing tasks.
  return { stop: () => worker.shutdown(), stopped: Promise.race([worker.stopped, backend.temporal.keyMissing]) };
}

/** The worker alone, on a server that may know neither schedules nor search attributes. */
export async function startOn(backend: Backend, options: OptionalLogger): Promise<RunningWorker> {
  const { settings } = options;
  const stopping = new AbortController();
  const sandbox = sandboxOf(options);
  const toolActivities = toolDeps({ backend, options, sandbox, stopping: stopping.signal });
  const reading = fileReading(backend.models, settings);
  const worker = await startWorker({
    connection: backend.temporal.connection,
    namespace: settings.temporalNamespace,
    dataConverter: backend.temporal.dataConverter,
    workflowBundle: options.workflowBundle ?? (await workflowBundle(settings.encryptionKeys.length > 0)),
    ...(options.interceptors === undefined ? {} : { interceptors: options.interceptors }),
    activitySlots: settings.activitySlots,
    localActivitySlots: settings.databasePoolSize * 4,
    shutdownGraceMs: settings.shutdownGraceMs,
    activities: {
      ...backend,
      steps: backend.stepCommits,
      open: backend.openConversations,
      timeouts: loopTimeouts(settings),
      modelRetries: { attempts: settings.llmAttempts, pauseMs: settings.llmRetryMs, longestPauseMs: settings.llmRetryAfterLimitMs },
      compactionParts: settings.compactionParts,
      toolTimeouts: toolTimeouts(settings),
      traceLimits: traceLimits(settings),
      callbackOptions: {
        secret: settings.webhookSecret,
        timeoutMs: settings.callbackTimeoutMs,
        attempts: settings.callbackAttempts,
        allowPrivate: settings.allowPrivateUrls,
      },
      reembedBatchSize: settings.reembedBatchSize,
      purgeBatchSize: settings.retentionBatch,
      fileDeletionBatch: settings.fileDeletionBatch,
      uploadTimeoutMs: settings.uploadTimeoutMs,
      retentionLimits: retentionLimits(settings),
      presentAnswer: presentRunAnswer,
      embeddingBatch: { messages: settings.embeddingBatchMessages, characters: settings.embeddingMessageCharacters },
      generationDays: settings.traceRetentionDays,
      embeddingCacheLimits: { days: settings.embeddingCacheDays, rows: settings.embeddingCacheRows },
      carryOptions: {
        batch: settings.vectorCarryBatch,
        intervalMs: settings.vectorCarryIntervalMs,
        writeTimeoutMs: settings.vectorWriteTimeoutMs,
      },
      ...reading,
      ...toolActivities,
      waitLimits: { longestSeconds: settings.waitLongestSeconds, standardSeconds: settings.waitStandardSeconds },
    },
  });
  const workers = [
    worker,
    await startFileWorker({ ...queueOptions(backend, options), slots: settings.fileConcurrency, activities: { ...backend, ...reading } }),
  ];
  if (settings.toolWorker) workers.push(await startToolsOn(backend, options, toolActivities));
  return asOne(workers, stopping, sandbox);
}

/** Runs the calls of sandboxed tools on a backend that somebody else closes, and nothing else. */
export async function runTools(backend: Backend, options: WorkerRoleOptions): Promise<RunningRole> {
  const stopping = new AbortController();
  const sandbox = sandboxOf(options);
  const deps = toolDeps({ backend, options, sandbox, stopping: stopping.signal });
  const worker = asOne([await startToolsOn(backend, options, deps)], stopping, sandbox);
  return { stop: () => worker.shutdown(), stopped: Promise.race([worker.stopped, backend.temporal.keyMissing]) };
}

type ToolWorkerOptions = Omit<OptionalLogger, 'workflowBundle'>;

function sandboxOf({ settings, logger }: ToolWorkerOptions): ToolSandbox {
  return createToolSandbox(settings, text => logger?.warn(text));
}

function startToolsOn(backend: Backend, options: ToolWorkerOptions, activities: ToolWorkerDeps): Promise<RunningWorker> {
  return startToolWorker({ ...queueOptions(backend, options), slots: options.settings.toolSlots, activities });
}

/** Of workers that run no workflows. */
function queueOptions({ temporal }: Backend, { settings, interceptors }: ToolWorkerOptions) {
  return {
    connection: temporal.connection,
    namespace: settings.temporalNamespace,
    dataConverter: temporal.dataConverter,
    ...(interceptors === undefined ? {} : { interceptors }),
    shutdownGraceMs: settings.shutdownGraceMs,
  };
}

interface ToolParts {
  readonly backend: Backend;
  readonly options: ToolWorkerOptions;
  readonly sandbox: ToolSandbox;
  readonly stopping: AbortSignal;
}

function toolDeps({ backend, options, sandbox, stopping }: ToolParts): ToolWorkerDeps {
  const { toolEndTimeoutMs: endMs, toolAttempts: attempts } = options.settings;
  const { toolCalls, toolTrials } = backend;
  return { toolCalls, toolTrials, executors: executorsOf(backend, options, sandbox), toolLimits: { endMs, attempts }, stopping };
}

function asOne(workers: readonly RunningWorker[], stopping: AbortController, sandbox: ToolSandbox): RunningWorker {
  const stopped = Promise.all(workers.map(worker => worker.stopped)).then(() => undefined);
  // As with one: whoever waits for it gets the failure.
  stopped.catch(() => undefined);
  return {
    async shutdown() {
      stopping.abort();
      await Promise.all(workers.map(worker => worker.shutdown()));
      await sandbox.close();
    },
    stopped,
  };
}

function toolTimeouts({ toolTimeoutMs: toolMs, mcpConnectSeconds, mcpCallSeconds }: Settings): DefaultTimeouts {
  return { toolMs, mcpMs: (mcpConnectSeconds + mcpCallSeconds) * 1000 };
}

function retentionLimits(settings: Settings): DeleteExpiredDeps['retentionLimits'] {
  const { retentionBatch: batch, retentionMessages: messages, retentionRuns: runs, retentionPassages: passages } = settings;
  return { batch, standard: { messages, runs, passages, traces: settings.traceRetentionDays } };
}

function executorsOf(backend: Backend, { settings, moreTools }: ToolWorkerOptions, sandbox: ToolSandbox): ToolExecutors {
  return {
    named: {
      ...createMemoryExecutors(backend),
      ...createSearchExecutors(backend),
      ...createWebExecutors(webOptions(backend, settings)),
      ...createCodeExecutors({ ...backend, sandbox, codeTimeoutMs: codeTimeout(settings) }),
      ...fileExecutors(backend, settings),
      ...moreTools,
    },
    kinds: { ...customExecutors(backend, settings, sandbox), rest: restExecutor(backend, settings), mcp: createMcpExecutor(backend) },
  };
}

/** So much sooner than the call's own time that what was printed until then is told. */
function codeTimeout({ toolTimeoutMs }: Settings): number {
  return toolTimeoutMs - Math.min(1000, toolTimeoutMs / 10);
}

function webOptions(backend: Backend, settings: Settings): WebExecutorOptions {
  return {
    secretsOf: createSecretsOf(backend.toolEnvironments, backend.secretCipher),
    exaApiKey: settings.exaApiKey,
    exaBaseUrl: settings.exaBaseUrl,
    readPage: pageReading(settings),
    page: {
      timeoutMs: settings.webTimeoutMs,
      maxBytes: settings.webMaxBytes,
      maxRedirects: settings.webMaxRedirects,
      contentTypes: settings.webContentTypes,
      allowPrivate: settings.allowPrivateUrls,
    },
  };
}

function traceLimits({ trace, traceMaxLength, openaiApiKey, anthropicApiKey, password }: Settings): TraceLimits | null {
  if (!trace) return null;
  const secrets = [openaiApiKey, anthropicApiKey, password].filter(secret => secret !== null);
  return { maxLength: traceMaxLength, secrets };
}

async function prepareNamespace(backend: Backend, settings: Settings, logger: Logger): Promise<void> {
  const state = await registerSearchAttributes(backend.temporal.client, settings.temporalNamespace);
  if (state.kind === 'missing') logger.error(`Search attributes are missing. Ask the operator of Temporal to run: ${state.command}`);
}

async function workflowBundle(isEncrypted: boolean): Promise<NonNullable<WorkerOptions['workflowBundle']>> {
  const codePath = packageFile(`dist/workflow-bundle${isEncrypted ? '-encrypted' : ''}.js`);
  if (import.meta.url.includes('/dist/') && existsSync(codePath)) return { codePath };
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  return bundleWorkflowCode({ workflowsPath: packageFile('src/workflows/index.ts'), ...failureConverterOption(isEncrypted) });
}
