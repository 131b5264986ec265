import 'reflect-metadata';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { environment } from '../config/env.js';
import { createLogger } from '../config/logger.js';
import { listSettings, loadSettings, SettingError } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { claimRole } from '../embedded/process-files.js';
import { findServices, startServices } from '../embedded/services.js';
import type { ServiceAddresses } from '../embedded/services.js';
import { StartupError } from '../embedded/startup-error.js';
import { installTemporalLogger } from '../temporal/runtime-logger.js';
import { runApi } from './api-role.js';
import { createBackend } from './backend.js';
import { moveVectors } from './move-vectors.js';
import { runTools, runWorker } from './worker-role.js';

const roles = ['all', 'services', 'api', 'worker', 'tools'] as const;
type Role = (typeof roles)[number];

/** What has been started, to be stopped in the opposite order. */
type Stops = (() => Promise<void> | void)[];

async function main(): Promise<void> {
  const name = process.argv[2] ?? loadSettings(environment()).role;
  if (name === 'config') {
    printSettings();
    return;
  }
  if (name === 'move-vectors') {
    const settings = loadSettings(environment());
    await moveVectors(process.argv.slice(3), settings, createLogger({ ...settings, logLevel: 'warn' }, name));
    return;
  }
  const role = roles.find(candidate => candidate === name);
  if (role === undefined) throw new StartupError(`There is no role ${name}. Roles: ${roles.join(', ')}, config, move-vectors.`);
  const settings = loadSettings(environment());
  const stops: Stops = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= stopAll(stops));
  const onSignal = (): void => {
    void stop().then(() => process.exit(0));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await start(role, settings, stops);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAll(stops: Stops): Promise<void> {
  for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
    await Promise.resolve(next()).catch((error: unknown) => process.stderr.write(`${textOf(error)}\n`));
  }
}

async function start(role: Role, settings: Settings, stops: Stops): Promise<void> {
  const started = Date.now();
  const dataDir = resolve(settings.dataDir);
  const logger = createLogger(settings, role);
  installTemporalLogger(logger);
  stops.push(await claimRole(dataDir, role));
  const addresses = await reachServices(role, settings, logger, stops);
  if (role !== 'services') await startProcesses(role, settings, addresses, logger, stops);
  announce(role, settings, addresses, Date.now() - started);
}

async function reachServices(role: Role, settings: Settings, logger: Logger, stops: Stops): Promise<ServiceAddresses> {
  if (role !== 'all' && role !== 'services') return findServices(settings);
  const services = await startServices(settings, text => logger.info(text));
  stops.push(() => services.stop());
  return services;
}

async function startProcesses(role: Role, settings: Settings, addresses: ServiceAddresses, logger: Logger, stops: Stops): Promise<void> {
  const backend = await createBackend(settings, addresses, logger);
  stops.push(() => backend.close());
  if (role !== 'api') {
    const worker = await (role === 'tools' ? runTools : runWorker)(backend, { settings, logger });
    stops.push(() => worker.stop());
    worker.stopped.catch((error: unknown) => {
      logger.fatal({ err: error }, 'the worker has failed');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    });
  }
  if (role === 'all' || role === 'api') {
    const api = await runApi(backend, settings, logger);
    stops.push(() => api.stop());
  }
}

function announce(role: Role, settings: Settings, addresses: ServiceAddresses, ms: number): void {
  const lines = [`Perdura (${role}) is ready after ${(ms / 1000).toFixed(1)} s.`];
  if (addresses.uiUrl !== null) lines.push(`  Temporal UI   ${addresses.uiUrl}`);
  if (role === 'all' || role === 'api') {
    const url = `http://${settings.host}:${settings.port}`;
    lines.push(`  API           ${url}   (operations: ${url}/docs)`, '', 'Next, in another terminal:', ...firstCall(url));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function firstCall(url: string): string[] {
  return [
    `  curl ${url}/v1/agents/ -H 'content-type: application/json' \\`,
    `    -d '{"model":"perdura/demo","memory_blocks":[{"label":"human","value":""}]}'`,
    `  curl ${url}/v1/agents/<id of the agent>/messages -H 'content-type: application/json' -d '{"input":"My name is Ada."}'`,
  ];
}

function printSettings(): void {
  for (const setting of listSettings(environment())) {
    process.stdout.write(`${setting.names.join(' | ')} = ${setting.value}\n    ${setting.description}\n`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  const isExpected = error instanceof StartupError || error instanceof SettingError;
  process.stderr.write(`${isExpected && error instanceof Error ? `perdura: ${error.message}` : textOf(error)}\n`);
  process.exit(1);
});
