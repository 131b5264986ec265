import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/ports.js';
import { readPid } from '../../src/embedded/process-files.js';
import { startServer } from '../support/server-process.js';
import type { ServerProcess } from '../support/server-process.js';

const ready = /is ready after/;

function isAlive(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the server as an operator runs it', function () {
  this.timeout(180_000);
  let folder: string;
  let dataDir: string;
  let env: Record<string, string>;
  const running: ServerProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdura-process-'));
    chmodSync(folder, 0o755);
    dataDir = join(folder, 'data');
    env = {
      PERDURA_DATA_DIR: dataDir,
      PERDURA_PORT: String(await freePort(0)),
      PERDURA_LOG_LEVEL: 'info',
      PERDURA_RECONCILE_INTERVAL_MS: '2000',
    };
  });
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.child.kill('SIGTERM');
      await server.exited;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function start(role: string, more: Readonly<Record<string, string>> = {}): ServerProcess {
    const server = startServer(role, { ...env, ...more });
    running.push(server);
    return server;
  }

  const pid = (name: string): number | null => readPid(join(dataDir, 'run', `${name}.pid`));
  const url = (path: string): string => `http://127.0.0.1:${env['PERDURA_PORT'] ?? ''}${path}`;

  async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(url(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Record<string, unknown>;
  }

  it('starts, says what to do next, refuses a second start, and stops without leaving anything behind', async () => {
    const first = start('all');
    await first.printed(ready);
    assert.match(first.output(), /Temporal UI\s+http:/);
    assert.match(first.output(), /curl /);
    const second = start('all');
    assert.equal(await second.exited, 1);
    assert.match(second.output(), /already running on the data folder/);
    const pids = ['all', 'postgres', 'temporal'].map(pid);
    assert.ok(pids.every(isAlive));
    for (const name of ['all', 'postgres', 'temporal'])
      assert.match(readFileSync(join(dataDir, 'run', `${name}.pid`), 'utf8'), /^\d+\n$/, 'a shell can read several of them at once');
    first.child.kill('SIGINT');
    assert.equal(await first.exited, 0);
    assert.ok(!pids.some(isAlive), 'no process is left');
    assert.ok(!existsSync(join(dataDir, 'run', 'all.pid')));
  });

  it('brings back services that die, and the agent and its memory are there after a kill -9 of everything', async () => {
    const first = start('all');
    await first.printed(ready);
    const agent = await post('/v1/agents/', { model: 'perdura/demo', memory_blocks: [{ label: 'human', value: '' }] });
    const path = `/v1/agents/${String(agent['id'])}/messages`;
    for (const service of ['postgres', 'temporal']) {
      const before = pid(service);
      assert.ok(before !== null);
      process.kill(before, 'SIGKILL');
      await first.printed(new RegExp(`${service === 'postgres' ? 'Postgres' : 'Temporal'} is back`));
      assert.notEqual(pid(service), before);
    }
    await post(path, { input: 'My name is Ada.' });
    for (const name of ['all', 'postgres', 'temporal']) process.kill(pid(name) ?? 0, 'SIGKILL');
    await first.exited;
    const again = start('all');
    await again.printed(ready);
    const answer = await post(path, { input: 'What is my name?' });
    assert.match(JSON.stringify(answer['messages']), /Name: Ada/);
  });

  it('takes over from a server whose children survived it', async () => {
    const first = start('all');
    await first.printed(ready);
    const orphans = ['postgres', 'temporal'].map(pid);
    process.kill(pid('all') ?? 0, 'SIGKILL');
    await first.exited;
    const again = start('all');
    await again.printed(ready);
    assert.ok(!orphans.some(isAlive), 'the orphans were ended');
  });

  it('runs two APIs and two workers against one stack, each of which can be stopped alone', async () => {
    const services = start('services');
    await services.printed(ready);
    const addresses = JSON.parse(readFileSync(join(dataDir, 'run', 'services.json'), 'utf8')) as {
      databaseUrl: string;
      temporalAddress: string;
    };
    const shared = { DATABASE_URL: addresses.databaseUrl, TEMPORAL_ADDRESS: addresses.temporalAddress };
    const secondPort = String(await freePort(0));
    const roles = [
      start('api'),
      start('worker'),
      start('api', { ...shared, PERDURA_DATA_DIR: join(folder, 'second'), PERDURA_PORT: secondPort }),
      start('worker', { ...shared, PERDURA_DATA_DIR: join(folder, 'second') }),
    ];
    await Promise.all(roles.map(role => role.printed(ready)));
    const agent = await post('/v1/agents/', { model: 'perdura/demo', memory_blocks: [{ label: 'human', value: '' }] });
    const other = await fetch(`http://127.0.0.1:${secondPort}/v1/agents/${String(agent['id'])}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'My name is Ada.' }),
    });
    assert.equal(other.status, 200);
    process.kill(pid('worker') ?? 0, 'SIGTERM');
    await roles[1]?.exited;
    const answer = await post(`/v1/agents/${String(agent['id'])}/messages`, { input: 'What is my name?' });
    assert.match(JSON.stringify(answer['messages']), /Name: Ada/);
  });

  it('says in one message what keeps it from starting', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => {
      taken.listen(0, '127.0.0.1', () => resolve());
    });
    const port = String((taken.address() as AddressInfo).port);
    const closed = String(await freePort(0));
    const cases: readonly [Record<string, string>, RegExp][] = [
      [{ PERDURA_PORT: port }, new RegExp(`Port ${port} .* is taken.*PERDURA_PORT`)],
      [{ DATABASE_URL: `postgresql://x@127.0.0.1:${closed}/x` }, /database at 127\.0\.0\.1:\d+ cannot be reached.*DATABASE_URL/],
      [{ TEMPORAL_ADDRESS: `127.0.0.1:${closed}` }, /Temporal server at 127\.0\.0\.1:\d+ cannot be reached.*TEMPORAL_ADDRESS/],
      [{ PERDURA_DATA_DIR: '/proc/perdura' }, /data folder .* cannot be written.*PERDURA_DATA_DIR/],
      [{ PERDURA_HOST: '0.0.0.0' }, /LETTA_SERVER_PASSWORD/],
      [{ PERDURA_MAX_STEPS: 'many' }, /PERDURA_MAX_STEPS is wrong/],
      [{ PATH: '/nowhere', PERDURA_CACHE_DIR: join(folder, 'cache') }, /python3 was not found/],
    ];
    for (const [more, message] of cases) {
      const server = start('all', more);
      assert.equal(await server.exited, 1, server.output());
      assert.match(server.output(), message);
      assert.doesNotMatch(server.output(), /\n\s+at /, 'no stack');
    }
    taken.close();
  });

  it('lists its settings with V1 names and without secrets', () => {
    const output = execFileSync(process.execPath, ['scripts/bootstrap.mjs', 'start', 'config'], {
      encoding: 'utf8',
      env: { ...process.env, OPENAI_API_KEY: 'sk-very-secret', LETTA_SERVER_PORT: '9999' },
    });
    assert.match(output, /PERDURA_PORT \| LETTA_SERVER_PORT = 9999/);
    assert.match(output, /OPENAI_API_KEY = \(set\)/);
    assert.doesNotMatch(output, /very-secret/);
  });
});
