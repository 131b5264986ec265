import { pino } from 'pino';
import { loadSettings } from '../src/config/settings.js';
import type { Environment, Settings } from '../src/config/settings.js';
import { runApi } from '../src/main/api-role.js';
import { createBackend } from '../src/main/backend.js';
import type { Backend } from '../src/main/backend.js';
import { runWorker } from '../src/main/worker-role.js';
import { installTemporalLogger } from '../src/temporal/runtime-logger.js';
import { startMockOpenAi } from '../test/support/mock-openai.js';
import type { MockOpenAi } from '../test/support/mock-openai.js';
import { createTestDatabase, sharedBundle, sharedTemporal, stopSharedServices } from '../test/support/services.js';

export type Mode = Settings['stepIsolation'];

/** A whole server in this process: its steps run in both modes, each behind an API of its own. */
export interface BenchServer {
  readonly backend: Backend;
  readonly mock: MockOpenAi;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly url: Readonly<Record<Mode, string>>;
  readonly get: (path: string) => Promise<unknown>;
  readonly post: (path: string, body?: unknown, mode?: Mode) => Promise<unknown>;
  readonly newAgent: (more?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** One message, to its end. */
  readonly send: (mode: Mode, agentId: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startBenchServer(environment: Environment = {}): Promise<BenchServer> {
  const [database, temporalAddress, workflowBundle, mock] = await Promise.all([
    createTestDatabase(),
    sharedTemporal(),
    sharedBundle(),
    startMockOpenAi(),
  ]);
  const settings = loadSettings({
    DATABASE_URL: database.url,
    OPENAI_API_KEY: 'k',
    OPENAI_API_BASE: mock.url,
    PERDURA_PORT: '0',
    PERDURA_ALLOW_PRIVATE_URLS: 'true',
    PERDURA_LOG_LEVEL: 'silent',
    ...environment,
  });
  const logger = pino({ level: 'silent' });
  installTemporalLogger(logger);
  const backend = await createBackend(settings, { databaseUrl: database.url, temporalAddress, uiUrl: null }, logger);
  const worker = await runWorker(backend, { settings, logger, workflowBundle });
  const apis = {
    workflow: await runApi(backend, { ...settings, stepIsolation: 'workflow' }, logger),
    inline: await runApi(backend, { ...settings, stepIsolation: 'inline' }, logger),
  };
  const url = { workflow: `http://127.0.0.1:${apis.workflow.port}`, inline: `http://127.0.0.1:${apis.inline.port}` };
  mock.script = () => ({ text: 'ok' });
  return {
    ...clientOf(url),
    backend,
    mock,
    databaseUrl: database.url,
    temporalAddress,
    url,
    async stop() {
      await Promise.all([apis.workflow.stop(), apis.inline.stop()]);
      await worker.stop();
      await backend.close();
      await mock.close();
      await database.drop();
      await stopSharedServices();
    },
  };
}

function clientOf(url: BenchServer['url']): Pick<BenchServer, 'get' | 'post' | 'newAgent' | 'send'> {
  const request = async (method: 'GET' | 'POST', address: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(address, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${text}`);
    return JSON.parse(text);
  };
  const post: BenchServer['post'] = (path, body, mode = 'inline') => request('POST', `${url[mode]}${path}`, body);
  return {
    get: path => request('GET', `${url.inline}${path}`),
    post,
    async newAgent(more = {}) {
      const body = { model: 'openai/mock-model', memory_blocks: [{ label: 'human', value: 'x' }], ...more };
      return ((await post('/v1/agents/', body)) as { id: string }).id;
    },
    async send(mode, agentId) {
      await post(`/v1/agents/${agentId}/messages`, { input: 'hi' }, mode);
    },
  };
}
