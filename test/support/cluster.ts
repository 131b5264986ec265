import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readPid } from '../../src/embedded/process-files.js';
import { freePort } from '../../src/embedded/ports.js';
import { startCrashController } from './crash-controller.js';
import type { Boundary, Effect } from './crash-controller.js';
import { startMockOpenAi } from './mock-openai.js';
import type { MockOpenAi } from './mock-openai.js';
import { bundleFile, processCode } from './process-code.js';
import { startRole, startRoleAgain } from './role-process.js';
import type { RoleProcess } from './role-process.js';

export type ProcessName = 'worker' | 'api' | 'tools' | 'temporal' | 'postgres';

export type { Boundary, Effect } from './crash-controller.js';

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
  processId(name: ProcessName): number;
  /** `more` = settings beside the cluster's. */
  start(name: 'worker' | 'api' | 'tools', more?: Environment): Promise<void>;
  /** Killed before, if it runs. */
  restart(name: 'worker' | 'tools', more?: Environment): Promise<void>;
  /** One more API on the same services; its address. */
  startSecondApi(): Promise<string>;
  /** What the API process holds, after a collection of its garbage. */
  measureApi(): Promise<ApiMeasure>;
  /** All of it runs, nothing is scripted, and nothing has been seen: for the next file that shares it. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiMeasure {
  readonly heapBytes: number;
  /** Readers of runs' logs that have not ended. */
  readonly readers: number;
  /** Files and sockets, those of clients and of the database among them. */
  readonly openFiles: number;
}

type Environment = Readonly<Record<string, string>>;

/** A cluster of its own for the caller, who stops it. */
export async function startCluster(environment: Environment = {}): Promise<Cluster> {
  const [folder, mock, control, bundle, port] = await Promise.all([
    mkdtemp(join(tmpdir(), 'perdura-cluster-')),
    startMockOpenAi(),
    startCrashController(),
    bundleFile(environment['PERDURA_ENCRYPTION_KEY'] !== undefined),
    freePort(0),
  ]);
  const code = processCode();
  // The user that Postgres runs as has to get in.
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const env = {
    ...process.env,
    PERDURA_DATA_DIR: dataDir,
    PERDURA_PORT: String(port),
    PERDURA_POSTGRES_PORT: '0',
    PERDURA_TEMPORAL_PORT: '0',
    PERDURA_TEMPORAL_UI_PORT: '0',
    PERDURA_LOG_LEVEL: 'warn',
    PERDURA_RECONCILE_INTERVAL_MS: '2000',
    PERDURA_HEARTBEAT_TIMEOUT_MS: '3000',
    PERDURA_ALLOW_PRIVATE_URLS: 'true',
    PERDURA_REEMBED_BATCH: '2',
    PERDURA_FILE_EMBEDDING_BATCH: '2',
    // A file that is held at a boundary keeps its place: all of the matrix fit in.
    PERDURA_FILE_CONCURRENCY: '8',
    OPENAI_API_KEY: 'sk-test',
    OPENAI_API_BASE: mock.url,
    CRASH_CONTROLLER: control.url,
    CRASH_BUNDLE: bundle,
    ...environment,
  };
  const roles = new Map<RoleKey, RoleProcess>();
  const start: Cluster['start'] = async (name, more = {}) => {
    roles.set(name, await startRoleAgain(name, code[name === 'api' ? name : 'worker'], { ...env, ...more }));
  };
  const addresses = (): Addresses => JSON.parse(readFileSync(join(dataDir, 'run', 'services.json'), 'utf8')) as Addresses;
  const pidOf = (name: ProcessName): number => {
    const isService = name === 'temporal' || name === 'postgres';
    const pid = isService ? readPid(join(dataDir, 'run', `${name}.pid`)) : roles.get(name)?.child.pid;
    if (pid == null) throw new Error(`${name} does not run`);
    return pid;
  };

  const services = await startRole('services', code.services, env);
  await spareTheDisk(addresses().databaseUrl);
  await Promise.all([start('api'), start('worker')]);
  const cluster: Cluster = {
    url: `http://127.0.0.1:${port}`,
    mock,
    effects: control.effects,
    onBoundary: () => undefined,
    onEffect: () => undefined,
    databaseUrl: async () => Promise.resolve(addresses().databaseUrl),
    temporalAddress: async () => Promise.resolve(addresses().temporalAddress),
    temporalUiUrl: async () => Promise.resolve(addresses().uiUrl),
    kill: name => process.kill(pidOf(name), 'SIGKILL'),
    signal: (name, signal) => process.kill(pidOf(name), signal),
    processId: pidOf,
    start,
    async restart(name, more) {
      await roles.get(name)?.endAtOnce();
      await start(name, more);
    },
    async startSecondApi() {
      const secondPort = String(await freePort(0));
      const { databaseUrl, temporalAddress } = addresses();
      const place = { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, PERDURA_DATA_DIR: join(folder, 'second') };
      roles.set('second api', await startRole('api', code.api, { ...env, ...place, PERDURA_PORT: secondPort }));
      return `http://127.0.0.1:${secondPort}`;
    },
    measureApi: () =>
      new Promise((resolve, reject) => {
        const api = roles.get('api')?.child;
        if (api === undefined) reject(new Error('The API does not run'));
        api?.once('message', message => resolve(message as ApiMeasure));
        api?.send('measure');
      }),
    async reset() {
      mock.refuseEmbedding = null;
      Object.assign(cluster, { onBoundary: () => undefined, onEffect: () => undefined });
      mock.script = () => ({ text: 'Hello!' });
      mock.seen.length = 0;
      mock.embedded.length = 0;
      control.effects.length = 0;
      await Promise.all([roles.get('second api')?.endAtOnce(), roles.get('tools')?.endAtOnce()]);
      const wanted = (['api', 'worker'] as const).filter(name => roles.get(name)?.isRunning() !== true);
      await Promise.all(wanted.map(name => start(name)));
    },
    async stop() {
      // Nobody will read what they have left.
      for (const role of roles.values()) await role.endAtOnce();
      await services.end();
      await control.close();
      await mock.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  control.onBoundary = boundary => cluster.onBoundary(boundary);
  control.onEffect = effect => cluster.onEffect(effect);
  return cluster;
}

type RoleKey = 'api' | 'worker' | 'tools' | 'second api';

interface Addresses {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly uiUrl: string;
}

/** Processes are killed here, never the machine: what the system was given to write it will write. */
async function spareTheDisk(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('alter system set fsync = off');
  await client.query('select pg_reload_conf()');
  await client.end();
}
