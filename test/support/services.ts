import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';
import { bundleWorkflowCode } from '@temporalio/worker';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.js';
import { startEmbeddedTemporal } from '../../src/embedded/embedded-temporal.js';
import { cacheFolder } from '../../src/embedded/services.js';
import { packageFile } from '../../src/config/version.js';
import { failureConverterOption } from '../../src/temporal/data-converter.js';

/** One Postgres and one Temporal for the whole run of the tests, started when first asked for. */
let folder: Promise<string> | null = null;
let postgres: ReturnType<typeof startEmbeddedPostgres> | null = null;
let temporal: ReturnType<typeof startEmbeddedTemporal> | null = null;
const bundles = new Map<boolean, Promise<NonNullable<WorkerOptions['workflowBundle']>>>();

async function options() {
  folder ??= mkdtemp(join(tmpdir(), 'perdura-test-'));
  const dataDir = await folder;
  return { dataDir, runDir: dataDir, cacheDir: cacheFolder({ cacheDir: null }), onEvent: () => undefined, port: 0 };
}

export async function sharedPostgres(): Promise<string> {
  postgres ??= startEmbeddedPostgres({ ...(await options()), durable: false });
  return (await postgres).url;
}

export async function sharedTemporal(): Promise<string> {
  temporal ??= startEmbeddedTemporal({ ...(await options()), cli: null, uiPort: null, namespace: 'default', codecEndpoint: null });
  return (await temporal).address;
}

/** `isEncrypted`: for workers that have an encryption key. */
export function sharedBundle(isEncrypted = false): Promise<NonNullable<WorkerOptions['workflowBundle']>> {
  const bundle =
    bundles.get(isEncrypted) ??
    bundleWorkflowCode({ workflowsPath: packageFile('src/workflows/index.ts'), ...failureConverterOption(isEncrypted) });
  bundles.set(isEncrypted, bundle);
  return bundle;
}

/** An empty database of its own. */
export async function createTestDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const shared = await sharedPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(shared, `create database ${name}`);
  const url = new URL(shared);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => execute(shared, `drop database ${name} with (force)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export async function stopSharedServices(): Promise<void> {
  await Promise.all([postgres?.then(server => server.stop()), temporal?.then(server => server.stop())]);
  if (folder !== null) await rm(await folder, { recursive: true, force: true });
}
