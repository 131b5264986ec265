import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../../src/config/version.js';
import { freePort } from '../../src/embedded/ports.js';
import { readPid } from '../../src/embedded/process-files.js';
import { startServer } from '../support/server-process.js';
import type { ServerProcess } from '../support/server-process.js';

describe('npm run dev', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'perdura-dev-'));
  const pidFile = join(folder, 'data', 'run', 'all.pid');
  let server: ServerProcess;

  after(async () => {
    server.child.kill('SIGTERM');
    await server.exited;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('serves from the sources, starts again when one changes, and stops with all that it started', async () => {
    chmodSync(folder, 0o755);
    const port = await freePort(0);
    server = startServer('all', { PERDURA_DATA_DIR: join(folder, 'data'), PERDURA_PORT: String(port) }, 'dev');
    await server.printed(/is ready after/);
    const first = readPid(pidFile);
    utimesSync(packageFile('src/main/start.ts'), new Date(), new Date());
    await server.printed(/is ready after[^]*is ready after/);
    assert.notEqual(readPid(pidFile), first);
    const made = await fetch(`http://127.0.0.1:${port}/v1/agents/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'perdura/demo' }),
    });
    const { id } = (await made.json()) as { id: string };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/agents/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Hello' }),
    });
    assert.equal(answer.status, 200);
    server.child.kill('SIGINT');
    await server.exited;
    assert.ok(!existsSync(pidFile), 'the server has stopped in order');
    for (const name of ['temporal', 'postgres']) assert.ok(!existsSync(join(folder, 'data', 'run', `${name}.pid`)), name);
  });
});
