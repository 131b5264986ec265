import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/config/version.js';
import { freePort } from '../../src/embedded/ports.js';
import { startServer } from '../support/server-process.js';
import type { ServerProcess } from '../support/server-process.js';

const run = promisify(execFile);

describe('the quickstart of the README, against `npm start`', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'perdura-quickstart-'));
  let server: ServerProcess;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    chmodSync(folder, 0o755);
    const port = String(await freePort(0));
    env = { ...process.env, PERDURA_URL: `http://127.0.0.1:${port}` };
    server = startServer('all', { PERDURA_DATA_DIR: join(folder, 'data'), PERDURA_PORT: port });
    await server.printed(/is ready after/);
  });
  after(async () => {
    server.child.kill('SIGINT');
    await server.exited;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function assertRemembers(output: string): void {
    assert.match(output, /My memory says: .*Name: Ada/);
    assert.match(output, /remembers: Name: Ada/);
  }

  it('works with the TypeScript SDK', async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', packageFile('examples/quickstart/quickstart.ts')], { env });
    assertRemembers(stdout);
  });

  it('works with the Python SDK', async () => {
    const python = await pythonWithSdk();
    const { stdout } = await run(python, [packageFile('examples/quickstart/quickstart.py')], { env });
    assertRemembers(stdout);
  });
});

/** A virtual environment with the official SDK, kept for later runs. */
async function pythonWithSdk(): Promise<string> {
  const folder = packageFile('.cache/python-sdk-1.12.1');
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'ready'))) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(packageFile('.cache'), { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'letta-client==1.12.1'], { timeout: 240_000 });
  mkdirSync(join(folder, 'ready'));
  return python;
}
