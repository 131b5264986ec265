import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from './startup-error.js';

const run = promisify(execFile);

/** Node's own recursive mkdir never returns where a folder cannot be made for want of its parent, as under /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    // Another process of the same folder was faster.
    if (!existsSync(path)) throw error;
  }
}

/** Where the processes of one data folder leave their ids. */
export function runFolder(dataDir: string): string {
  return join(dataDir, 'run');
}

/**
 * Notes that this process has a role, so that an operator can stop exactly it. Throws when another living process has it; the file of a dead one is
 * taken over. Returns what removes the note.
 */
export async function claimRole(dataDir: string, role: string): Promise<() => void> {
  const folder = runFolder(dataDir);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new StartupError(
      `The data folder ${dataDir} cannot be written (${error instanceof Error ? error.message : ''}). Set PERDURA_DATA_DIR to one that can.`,
    );
  }
  const file = join(folder, `${role}.pid`);
  const other = readPid(file);
  if (other !== null && other !== process.pid && (await isOurs(other, 'main/start.'))) {
    throw new StartupError(
      `Perdura (${role}) is already running on the data folder ${dataDir} as process ${other}. Stop it, or set PERDURA_DATA_DIR to another folder.`,
    );
  }
  try {
    writeFileSync(file, `${process.pid}\n`);
  } catch (error) {
    throw new StartupError(
      `The data folder ${dataDir} cannot be written (${error instanceof Error ? error.message : ''}). Set PERDURA_DATA_DIR to one that can.`,
    );
  }
  return () => {
    if (readPid(file) === process.pid) rmSync(file, { force: true });
  };
}

/** Ends a process that an earlier server left behind, if the file still names one whose command line holds `mark`. */
export async function endLeftOver(pidFile: string, mark: string, signal: NodeJS.Signals): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === null || !(await isOurs(pid, mark))) return;
  process.kill(pid, signal);
  for (let waited = 0; waited < 10_000 && isAlive(pid); waited += 50) await pause(50);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await pause(20);
}

export function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** Process ids are used again: only one whose command line fits is the one that was meant. */
async function isOurs(pid: number, mark: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,command=', '-p', String(pid)]);
    return !stdout.trim().startsWith('Z') && stdout.includes(mark);
  } catch {
    return readCommandLine(pid).includes(mark);
  }
}

/** For systems without `ps`. */
function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readState(pid).startsWith('Z');
  } catch {
    return false;
  }
}

/** A zombie is dead, its parent has just not looked yet. */
function readState(pid: number): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
