import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { RetryClass } from '../../src/domain/tools/builtin-tool.js';
import { deriveId } from '../../src/repositories/derived-ids.js';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { packageFile } from '../../src/config/version.js';
import { loadSettings } from '../../src/config/settings.js';
import { runApi } from '../../src/main/api-role.js';
import { createBackend } from '../../src/main/backend.js';
import type { Backend } from '../../src/main/backend.js';
import type { RunningRole } from '../../src/main/running-role.js';
import { runWorker } from '../../src/main/worker-role.js';
import type { WorkerRoleOptions } from '../../src/main/worker-role.js';
import type { ToolExecutor } from '../../src/activities/tools/tool-executor.js';
import { installTemporalLogger } from '../../src/temporal/runtime-logger.js';
import { startMockOpenAi } from './mock-openai.js';
import type { MockOpenAi } from './mock-openai.js';
import { createTestDatabase, sharedBundle, sharedTemporal } from './services.js';

/** A whole server in this process, on real services, with a scripted model. */
export interface Stack {
  readonly url: string;
  readonly mock: MockOpenAi;
  readonly backend: Backend;
  /** What the tool `test_tool` does, which tests attach to their agents, and those of other retry classes that tests add. */
  testTool: ToolExecutor;
  stop(): Promise<void>;
}

let shared: Promise<Stack> | null = null;

/** Workers share one task queue, so there is one stack for all tests of a run. */
export function sharedStack(): Promise<Stack> {
  shared ??= sharedTemporal().then(temporalAddress => startStack({ temporalAddress, startWorker: runWorker }));
  return shared;
}

export async function stopSharedStack(): Promise<void> {
  await (await shared)?.stop();
}

export interface StackOptions {
  readonly temporalAddress: string;
  readonly startWorker: (backend: Backend, options: WorkerRoleOptions) => Promise<Pick<RunningRole, 'stop'>>;
}

/** For the few tests that need another Temporal than all the others. */
export async function startStack({ temporalAddress, startWorker }: StackOptions): Promise<Stack> {
  const [database, workflowBundle, mock] = await Promise.all([createTestDatabase(), sharedBundle(), startMockOpenAi()]);
  const dataDir = await mkdtemp(join(tmpdir(), 'perdura-stack-'));
  const settings = loadSettings({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    OPENAI_API_KEY: 'sk-test',
    OPENAI_API_BASE: mock.url,
    PERDURA_PRICES_FILE: packageFile('test/support/prices.json'),
    PERDURA_ALLOW_PRIVATE_URLS: 'true',
    MCP_DISABLE_STDIO: 'false',
    PERDURA_MCP_STDIO_COMMANDS: process.execPath,
    PERDURA_WEBHOOK_SECRET: 'hook-secret',
    PERDURA_CALLBACK_TIMEOUT_MS: '1000',
    PERDURA_CALLBACK_ATTEMPTS: '3',
    PERDURA_OPENAI_PROTOCOL: 'by-model',
    ANTHROPIC_API_KEY: 'sk-test',
    ANTHROPIC_BASE_URL: mock.anthropicUrl,
    PERDURA_LLM_ATTEMPTS: '3',
    PERDURA_LLM_RETRY_MS: '20',
    PERDURA_PORT: '0',
    PERDURA_DATA_DIR: dataDir,
    PERDURA_LOG_LEVEL: 'silent',
    PERDURA_CHECK_RESPONSES: 'true',
    PERDURA_RECONCILE_INTERVAL_MS: '2000',
    PERDURA_SHUTDOWN_GRACE_MS: '1000',
  });
  const logger = pino({ level: 'silent' });
  silenceTemporal();
  const addresses = { databaseUrl: database.url, temporalAddress, uiUrl: null };
  const backend = await createBackend(settings, addresses, logger);
  const testTool: ToolExecutor = (...call) => stack.testTool(...call);
  const moreTools = { test_tool: testTool, test_tool_on_interrupt: testTool, test_tool_always: testTool };
  await addTestTool(backend);
  const worker = await startWorker(backend, { settings, logger, workflowBundle, moreTools });
  const api = await runApi(backend, settings, logger);
  const stack: Stack = {
    url: `http://127.0.0.1:${api.port}`,
    mock,
    backend,
    testTool: async () => Promise.resolve({ status: 'success', value: 'done' }),
    async stop() {
      await api.stop();
      await worker.stop();
      await backend.close();
      await mock.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return stack;
}

let isSilent = false;

/** Before anything of Temporal's SDK is used; once a process is enough, and all that it takes. */
export function silenceTemporal(): void {
  if (!isSilent) installTemporalLogger(pino({ level: 'silent' }));
  isSilent = true;
}

/** A tool of retry class `never`, as users' tools are, or another one. */
export async function addTestTool({ database }: Pick<Backend, 'database'>, retryClass: RetryClass = 'never'): Promise<string> {
  const name = retryClass === 'never' ? 'test_tool' : `test_tool_${retryClass}`;
  const id = retryClass === 'never' ? 'tool-00000000-0000-4000-8000-0000000000ff' : deriveId('tool', name);
  const parameters = { type: 'object', properties: { text: { type: 'string' } } };
  await database.query(
    `insert into tools (id, organization_id, name, tool_type, json_schema, retry_class, enable_parallel_execution)
     values ($1, $2, $3, 'custom', $4, $5, $6) on conflict do nothing`,
    [id, defaultOrganizationId, name, JSON.stringify({ name, description: 'For tests.', parameters }), retryClass, retryClass !== 'never'],
  );
  return name;
}
