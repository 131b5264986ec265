import { readdir, readFile } from 'node:fs/promises';

const intervalMs = 100;

/** Calls `onExceeded` once when a process and all that descend from it hold more than `maxBytes` together. The kernel's limits hold for one process each. */
export function watchMemory(pid: number, maxBytes: number, onExceeded: () => void): { stop(): void } {
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;
  const look = async (): Promise<void> => {
    const processes = await descendants(pid);
    // Pages that processes share count for each of them here, and once in the slower reading.
    if ((await total(processes, residentBytes)) > maxBytes && (await total(processes, proportionalBytes)) > maxBytes && !isStopped) {
      isStopped = true;
      onExceeded();
    }
    next();
  };
  const next = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => void look(), intervalMs);
    timer.unref();
  };
  next();
  return {
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

async function descendants(root: number): Promise<number[]> {
  const found = [root];
  // It grows while it is walked.
  for (const pid of found) {
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const children = await read(`/proc/${pid}/task/${thread}/children`);
      found.push(
        ...children
          .split(' ')
          .filter(entry => entry !== '')
          .map(Number),
      );
    }
  }
  return found;
}

async function total(processes: readonly number[], bytesOf: (pid: number) => Promise<number>): Promise<number> {
  const sizes = await Promise.all(processes.map(bytesOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function residentBytes(pid: number): Promise<number> {
  return kilobytes(await read(`/proc/${pid}/status`), /^VmRSS:\s*(\d+)/m);
}

async function proportionalBytes(pid: number): Promise<number> {
  const text = await read(`/proc/${pid}/smaps_rollup`);
  return text === '' ? residentBytes(pid) : kilobytes(text, /^Pss:\s*(\d+)/m);
}

function kilobytes(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0) * 1024;
}

/** Empty for a process that has ended meanwhile. */
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
