import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import { takeHostUser } from './host-user.js';
import { withoutInherited } from './inherited-descriptors.js';
import type { Jail } from './jail.js';
import { underLimits } from './resource-limits.js';
import type { JailedProcess } from './start-jail.js';

/** By which the processes of a run are known, wherever they have gone. */
const marker = 'PERDURA_RUN_MARK';

/**
 * The jail's command without its walls, for operators who insist: it sees what its user sees, and its network is the host's. The limits of the kernel hold, its
 * environment is its own, and as far as they can be found all its processes end with it.
 */
export function startUnwalled(jail: Jail, searchPath: string): JailedProcess {
  const user = takeHostUser();
  const folder = mkdtempSync(join(tmpdir(), 'perdura-run-'));
  chmodSync(folder, 0o777);
  const mark = randomUUID();
  const seen = placesOf(jail, folder);
  const command = [...user.command, ...underLimits(jail.command.map(seen), jail.limits)];
  const variables = Object.entries(jail.environment).map(([name, value]): [string, string] => [name, value.split(':').map(seen).join(':')]);
  const child = spawn(command[0] ?? 'prlimit', command.slice(1), {
    env: { ...Object.fromEntries(variables), PATH: searchPath, [marker]: mark },
    cwd: seen(jail.workFolder),
    stdio: withoutInherited(['ignore', 'pipe', 'pipe', 'pipe', 'pipe']),
    detached: true,
  });
  const [, stdout, stderr, input, output] = child.stdio as unknown as [null, Readable, Readable, Writable, Readable];
  for (const pipe of [stdout, stderr, input, output]) pipe.on('error', () => undefined);
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
  const exited = new Promise<number | null>(resolve => {
    child.once('error', () => {
      if (child.pid === undefined) resolve(null);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? null : signalCode)));
  });
  const ended = exited.then(async code => {
    // What it has left behind may still hold its pipes.
    await killMarked(mark);
    if (child.pid !== undefined) await closed;
    await rm(folder, { recursive: true, force: true });
    user.release();
    return { code };
  });
  const { pid } = child;
  const started =
    pid === undefined ? exited.then(() => Promise.reject(new SandboxUnavailable('the program prlimit is missing'))) : Promise.resolve(pid);
  started.catch(() => undefined);
  return { input, output, stdout, stderr, started, ended, kill: () => void child.kill('SIGKILL') };
}

/** As a shell tells of SIGKILL. */
const signalCode = 137;

/** Where on the host a path of the jail is. */
function placesOf({ mounts }: Jail, folder: string): (path: string) => string {
  const places = [...mounts, { source: folder, target: '/tmp' }].sort((a, b) => b.target.length - a.target.length);
  return path => {
    const found = places.find(({ target }) => path === target || path.startsWith(`${target}/`));
    return found === undefined ? path : found.source + path.slice(found.target.length);
  };
}

const pauseMs = 10;

/** Until a look finds none: each of them may have started another one meanwhile. */
async function killMarked(mark: string): Promise<void> {
  for (;;) {
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
    const marked = await Promise.all(pids.map(async pid => isMarked(pid, mark)));
    const found = pids.filter((_, index) => marked[index]);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await setTimeout(pauseMs);
  }
}

async function isMarked(pid: number, mark: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(`${marker}=${mark}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
