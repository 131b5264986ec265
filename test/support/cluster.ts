import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../../src/config/version.js';
import { readPid } from '../../src/embedded/process-files.js';
import { freePort } from '../../src/embedded/ports.js';
import { startMockOpenAi } from './mock-openai.js';
import type { MockOpenAi } from './mock-openai.js';
import { sharedBundle } from './services.js';

export type ProcessName = 'worker' | 'api' | 'temporal' | 'postgres';

export interface Boundary {
  readonly activity: string;
  readonly when: 'before' | 'after';
  readonly attempt: number;
}

export interface Effect {
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A server as separate processes, which a test may kill, stop and start. */
export interface Cluster {
  readonly url: string;
  readonly mock: MockOpenAi;
  /** What the tool that calls out has done. */
  readonly effects: Effect[];
  /** Called at every boundary of an activity; the worker waits for it. */
  onBoundary: (boundary: Boundary) => Promise<void> | void;
  /** Called when the tool calls out, before it is answered. */
  onEffect: (effect: Effect) => Promise<void> | void;
  databaseUrl(): Promise<string>;
  temporalAddress(): Promise<string>;
  temporalUiUrl(): Promise<string>;
  /** SIGKILL; the services come back by themselves, the others with `start`. */
  kill(name: ProcessName): void;
  signal(name: ProcessName, signal: NodeJS.Signals): void;
  start(name: 'worker' | 'api'): Promise<void>;
  /** One more API on the same services; its address. */
  startSecondApi(): Promise<string>;
  /** What the API process holds, after a collection of its garbage. */
  measureApi(): Promise<ApiMeasure>;
  stop(): Promise<void>;
}

export interface ApiMeasure {
  readonly heapBytes: number;
  /** Readers of runs' logs that have not ended. */
  readonly readers: number;
  /** Files and sockets, those of clients and of the database among them. */
  readonly openFiles: number;
}

const readyMs = 60_000;

/** The workflows' code as a file, bundled once for all processes of all tests. */
async function bundleFile(isEncrypted: boolean): Promise<string> {
  const file = packageFile(`.cache/test-workflow-bundle${isEncrypted ? '-encrypted' : ''}.js`);
  const bundle = await sharedBundle(isEncrypted);
  if ('code' in bundle) {
    mkdirSync(packageFile('.cache'), { recursive: true });
    writeFileSync(file, bundle.code);
  }
  return file;
}

export async function startCluster(environment: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const [folder, mock, bundle, port] = await Promise.all([
    mkdtemp(join(tmpdir(), 'perdura-cluster-')),
    startMockOpenAi(),
    bundleFile(environment['PERDURA_ENCRYPTION_KEY'] !== undefined),
    freePort(0),
  ]);
  // The user that Postgres runs as has to get in.
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const control = await startController();
  const env = {
    ...process.env,
    PERDURA_DATA_DIR: dataDir,
    PERDURA_PORT: String(port),
    PERDURA_TEMPORAL_UI_PORT: '0',
    PERDURA_LOG_LEVEL: 'warn',
    PERDURA_RECONCILE_INTERVAL_MS: '2000',
    PERDURA_HEARTBEAT_TIMEOUT_MS: '3000',
    OPENAI_API_KEY: 'sk-test',
    OPENAI_API_BASE: mock.url,
    CRASH_CONTROLLER: control.url,
    CRASH_BUNDLE: bundle,
    ...environment,
  };
  const children = new Map<string, ChildProcess>();

  const launch = async (
    name: 'services' | 'api' | 'worker',
    key: string = name,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const script = { services: 'src/main/start.ts', api: 'test/support/measured-api.ts', worker: 'test/support/crash-worker.ts' }[name];
    const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', packageFile(script), name], {
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    children.set(key, child);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} did not start: ${output}`)), readyMs);
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (process.env['CLUSTER_LOG'] !== undefined) process.stderr.write(`[${name}] ${chunk.toString()}`);
        if (!/is ready|worker ready/.test(output)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('exit', code => {
        clearTimeout(timer);
        reject(new Error(`${name} ended with ${code ?? 'a signal'}: ${output}`));
      });
    });
  };

  /** As whoever supervises a process does: one that finds its services still away ends, and is started once more. */
  const launchAgain = async (name: 'api' | 'worker', triesLeft = 20): Promise<void> => {
    try {
      await launch(name);
    } catch (error) {
      if (triesLeft === 0 || !String(error).includes('ended with')) throw error;
      await new Promise(resolve => setTimeout(resolve, 250));
      await launchAgain(name, triesLeft - 1);
    }
  };

  const pidOf = (name: ProcessName): number => {
    const pid = name === 'worker' || name === 'api' ? children.get(name)?.pid : readPid(join(dataDir, 'run', `${name}.pid`));
    if (pid == null) throw new Error(`${name} does not run`);
    return pid;
  };
  const addresses = async (): Promise<{ databaseUrl: string; temporalAddress: string; uiUrl: string }> =>
    JSON.parse(await readFile(join(dataDir, 'run', 'services.json'), 'utf8')) as {
      databaseUrl: string;
      temporalAddress: string;
      uiUrl: string;
    };

  await launch('services');
  await Promise.all([launch('api'), launch('worker')]);
  const cluster: Cluster = {
    url: `http://127.0.0.1:${port}`,
    mock,
    effects: control.effects,
    onBoundary: () => undefined,
    onEffect: () => undefined,
    databaseUrl: async () => (await addresses()).databaseUrl,
    temporalAddress: async () => (await addresses()).temporalAddress,
    temporalUiUrl: async () => (await addresses()).uiUrl,
    kill: name => process.kill(pidOf(name), 'SIGKILL'),
    signal: (name, signal) => process.kill(pidOf(name), signal),
    start: name => launchAgain(name),
    async startSecondApi() {
      const secondPort = await freePort(0);
      const { databaseUrl, temporalAddress } = await addresses();
      await launch('api', 'second api', {
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        PERDURA_DATA_DIR: join(folder, 'second'),
        PERDURA_PORT: String(secondPort),
      });
      return `http://127.0.0.1:${secondPort}`;
    },
    measureApi: () =>
      new Promise((resolve, reject) => {
        const api = children.get('api');
        if (api === undefined) reject(new Error('The API does not run'));
        api?.once('message', message => resolve(message as ApiMeasure));
        api?.send('measure');
      }),
    async stop() {
      for (const name of ['worker', 'second api', 'api', 'services']) await end(children.get(name));
      await control.close();
      await mock.close();
      if (existsSync(folder)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  control.onBoundary = boundary => cluster.onBoundary(boundary);
  control.onEffect = effect => cluster.onEffect(effect);
  return cluster;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exited;
  clearTimeout(timer);
}

interface Controller {
  readonly url: string;
  readonly effects: Effect[];
  onBoundary: (boundary: Boundary) => Promise<void> | void;
  onEffect: (effect: Effect) => Promise<void> | void;
  close(): Promise<void>;
}

async function startController(): Promise<Controller> {
  const effects: Effect[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      if (request.url === '/effect') {
        effects.push(body as Effect);
        await controller.onEffect(body as Effect);
      } else await controller.onBoundary(body as Boundary);
      response.end('called out');
    })();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const controller: Controller = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    onBoundary: () => undefined,
    onEffect: () => undefined,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return controller;
}
