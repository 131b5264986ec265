import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import { underLock } from './file-lock.js';
import type { Installations } from './installations.js';
import { environmentKey } from './package-key.js';

export interface PackageEnvironmentsOptions {
  /** Where they are kept. */
  readonly folder: string;
  /** PATH of programs on the host. */
  readonly searchPath: string;
  /** So many are kept; those that were used last. */
  readonly kept: number;
  readonly installations: Installations;
  /** Installs them into a folder that is there. Throws PackagesRefused when they cannot be installed. */
  readonly install: (folder: string, requirements: readonly string[], signal: AbortSignal) => Promise<void>;
}

export interface PackageEnvironments {
  /** The folder of the environment; made when there is none yet, once however many ask. Throws PackagesRefused. */
  ensure(requirements: readonly string[], interpreter: string, signal: AbortSignal): Promise<string>;
}

/** Beside what the installation writes: it is ours, and written last. A folder without it is not whole. */
const stamp = 'built';
const content = 'environment';

/** Environments of Python packages, kept by what is in them. */
export function createPackageEnvironments({
  folder,
  searchPath,
  kept,
  installations,
  install,
}: PackageEnvironmentsOptions): PackageEnvironments {
  const make = async (path: string, requirements: readonly string[], signal: AbortSignal): Promise<void> => {
    const building = join(folder, 'building');
    // It cannot be listed, so nobody else finds the folder that everybody may write: the sandbox does so as a user of its own.
    await mkdir(building, { recursive: true });
    await chmod(building, 0o711);
    const temporary = await mkdtemp(join(building, 'new-'));
    try {
      await chmod(temporary, 0o755);
      await mkdir(join(temporary, content));
      await chmod(join(temporary, content), 0o777);
      await install(join(temporary, content), requirements, signal);
      await chmod(join(temporary, content), 0o755);
      await writeFile(join(temporary, stamp), requirements.join('\n'));
      await rename(temporary, path);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };
  return {
    async ensure(requirements, interpreter, signal) {
      const path = join(folder, environmentKey(requirements, interpreter));
      if (!existsSync(join(path, stamp))) {
        await installations.join(path, signal, async whole => {
          await makeFolder(folder);
          await underLock(`${path}.lock`, searchPath, whole, async () => {
            if (!existsSync(join(path, stamp))) await make(path, requirements, whole);
          });
          await evict(folder, kept);
        });
      }
      // When it was used last: the first to go is the one that was longest not.
      await utimes(join(path, stamp), new Date(), new Date());
      return join(path, content);
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandboxUnavailable(`Packages of tools cannot be kept: ${reason}. Set PERDURA_CACHE_DIR to a folder that can be written.`);
  });
}

/** For so long after its last use one may still be in the middle of a run. */
const spareMs = 3_600_000;

async function evict(folder: string, kept: number): Promise<void> {
  await removeLeftovers(join(folder, 'building'));
  const names = (await readdir(folder)).filter(name => /^[\da-f]{32}$/.test(name));
  const found = await Promise.all(
    names.map(async name => {
      const path = join(folder, name);
      return { path, usedAt: (await stat(join(path, stamp)).catch(() => null))?.mtimeMs ?? 0 };
    }),
  );
  const excess = found.sort((a, b) => b.usedAt - a.usedAt).slice(kept);
  for (const { path } of excess.filter(({ usedAt }) => Date.now() - usedAt > spareMs)) {
    await rm(path, { recursive: true, force: true });
    await rm(`${path}.lock`, { force: true });
  }
}

/** Of installations whose process was killed. */
async function removeLeftovers(building: string): Promise<void> {
  for (const name of await readdir(building)) {
    const path = join(building, name);
    const begunAt = (await stat(path).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - begunAt > spareMs) await rm(path, { recursive: true, force: true });
  }
}
