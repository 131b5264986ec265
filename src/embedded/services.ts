import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Settings } from '../config/settings.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { startEmbeddedTemporal } from './embedded-temporal.js';
import { makeFolder, runFolder } from './process-files.js';
import { StartupError } from './startup-error.js';

/** Where the services are that the other roles need. */
export interface ServiceAddresses {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly uiUrl: string | null;
}

export interface RunningServices extends ServiceAddresses {
  stop(): Promise<void>;
}

const waitMs = 20_000;

/** Root's home folder is closed to the user that Postgres runs as. */
export function cacheFolder({ cacheDir }: Pick<Settings, 'cacheDir'>): string {
  if (cacheDir !== null) return resolve(cacheDir);
  return process.getuid?.() === 0 ? '/var/cache/perdura' : join(homedir(), '.cache', 'perdura');
}

/** Starts those of the two services that no setting replaces, and tells the other roles of this data folder where they are. */
export async function startServices(settings: Settings, onEvent: (text: string) => void): Promise<RunningServices> {
  const dataDir = resolve(settings.dataDir);
  const runDir = runFolder(dataDir);
  makeFolder(runDir);
  const options = { dataDir, runDir, cacheDir: cacheFolder(settings), onEvent };
  const { temporalCli: cli, temporalUiPort: uiPort, temporalNamespace: namespace } = settings;
  const [postgres, temporal] = await Promise.allSettled([
    settings.databaseUrl === null ? startEmbeddedPostgres({ ...options, port: settings.postgresPort, durable: true }) : null,
    settings.temporalAddress === null
      ? startEmbeddedTemporal({ ...options, port: settings.temporalPort, cli, uiPort, namespace, codecEndpoint: codecEndpoint(settings) })
      : null,
  ]);
  const stop = async (): Promise<void> => {
    rmSync(addressFile(dataDir), { force: true });
    // Temporal first: it has no use for what Postgres still does, and the other way round neither.
    if (temporal.status === 'fulfilled') await temporal.value?.stop();
    if (postgres.status === 'fulfilled') await postgres.value?.stop();
  };
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    await stop();
    throw toStartupError(postgres.status === 'rejected' ? postgres.reason : temporal.status === 'rejected' ? temporal.reason : null);
  }
  const addresses: ServiceAddresses = {
    databaseUrl: postgres.value?.url ?? settings.databaseUrl ?? '',
    temporalAddress: temporal.value?.address ?? settings.temporalAddress ?? '',
    uiUrl: temporal.value?.uiUrl ?? null,
  };
  writeFileSync(
    addressFile(dataDir),
    JSON.stringify({ ...addresses, databaseUrl: settings.databaseUrl === null ? addresses.databaseUrl : null }),
    { mode: 0o600 },
  );
  return { ...addresses, stop };
}

/** The web UI is open to this machine only, so it looks for the API there; on a port that is still to be found it cannot. */
function codecEndpoint({ encryptionKeys, port }: Settings): string | null {
  return encryptionKeys.length === 0 || port === 0 ? null : `http://127.0.0.1:${port}/v1/_temporal/codec`;
}

/** The services that another process of this data folder runs; waits a while for it. */
export async function findServices(settings: Settings): Promise<ServiceAddresses> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const stored = readAddresses(resolve(settings.dataDir));
    const databaseUrl = settings.databaseUrl ?? stored?.databaseUrl;
    const temporalAddress = settings.temporalAddress ?? stored?.temporalAddress;
    if (databaseUrl != null && temporalAddress != null) return { databaseUrl, temporalAddress, uiUrl: stored?.uiUrl ?? null };
    if (Date.now() > deadline) {
      throw new StartupError(
        `No services run on the data folder ${settings.dataDir}. Start them with "npm run services", or set DATABASE_URL and TEMPORAL_ADDRESS.`,
      );
    }
    await new Promise(done => setTimeout(done, 200));
  }
}

function addressFile(dataDir: string): string {
  return join(runFolder(dataDir), 'services.json');
}

function readAddresses(dataDir: string): Partial<ServiceAddresses> | null {
  try {
    return JSON.parse(readFileSync(addressFile(dataDir), 'utf8')) as Partial<ServiceAddresses>;
  } catch {
    return null;
  }
}

function toStartupError(error: unknown): unknown {
  if (error instanceof StartupError || !(error instanceof Error)) return error;
  const isReadOnly = 'code' in error && (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM');
  return new StartupError(
    isReadOnly ? `The data folder cannot be written: ${error.message}. Set PERDURA_DATA_DIR to one that can.` : error.message,
  );
}
