import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../../src/config/version.js';
import type { FunctionRun, SandboxNetwork, SandboxOutcome, SandboxRun } from '../../src/domain/sandbox/code-sandbox.js';
import { installedDeno } from '../../src/providers/sandboxes/deno/deno-program.js';
import { createDenoSandbox } from '../../src/providers/sandboxes/deno/deno-sandbox.js';
import { createNpmPackages } from '../../src/providers/sandboxes/deno/npm-packages.js';
import { createDenoHost } from '../../src/providers/sandboxes/deno/deno-host.js';

export const never = new AbortController().signal;

const mebibyte = 1_048_576;
const memoryBytes = 256 * mebibyte;
export const outputBytes = 64 * 1024;

/** A call of the function `tool`, as an executor makes it. */
export function typescriptCall(source: string, entry: Partial<FunctionRun> = {}, run: Partial<SandboxRun> = {}): SandboxRun {
  return {
    language: 'typescript',
    source,
    entry: { kind: 'function', functionName: 'tool', args: {}, argOrder: [], agentState: null, ...entry },
    environment: {},
    packages: [],
    network: 'none',
    timeoutMs: 30_000,
    organizationId: 'org-1',
    key: 'call-1',
    ...run,
  };
}

export interface DenoTestOptions {
  /** Whether it runs within bubblewrap as well. */
  readonly isJailed: boolean;
  readonly network?: SandboxNetwork;
  readonly registry?: string;
  /** How many wait for the next call. */
  readonly warm?: number;
}

/** A sandbox with a folder of its own for packages, and what a source does in it. */
export async function denoSandbox({ isJailed, network = 'none', registry = 'http://127.0.0.1:9', warm = 0 }: DenoTestOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'perdura-deno-'));
  // Users of sandboxes are others than the one of the tests.
  await chmod(folder, 0o755);
  // A machine without bubblewrap.
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await symlink('/usr/bin/prlimit', join(programs, 'prlimit'));
  const deno = installedDeno() ?? '';
  const packagesFolder = join(folder, 'packages');
  const jailLimits = { addressSpaceBytes: null, memoryBytes, processes: 64, cpuSeconds: 60, openFiles: 256, diskBytes: 16 * mebibyte };
  const warnings: string[] = [];
  const sandbox = createDenoSandbox({
    warm: { size: warm, most: 8, idleMs: 60_000 },
    outcomeLimits: { jailLimits, limits: { memoryBytes, outputBytes, resultBytes: mebibyte } },
    packages: createNpmPackages({ deno, folder: packagesFolder, environment: { NPM_CONFIG_REGISTRY: registry }, timeoutMs: 30_000 }),
    host: createDenoHost({
      deno,
      searchPath: isJailed ? (process.env['PATH'] ?? '') : programs,
      assets: packageFile('assets/sandbox'),
      packagesFolder,
      hidden: [],
      stagingFolder: join(folder, 'mounts'),
      network,
      onWarning: text => warnings.push(text),
      jailLimits,
    }),
  });
  return {
    sandbox,
    /** What the log of the server would be told. */
    warnings,
    packagesFolder,
    run: (source: string, entry?: Partial<FunctionRun>, run?: Partial<SandboxRun>): Promise<SandboxOutcome> =>
      sandbox.run(typescriptCall(source, entry, run), never),
    script: (source: string, run?: Partial<SandboxRun>): Promise<SandboxOutcome> =>
      sandbox.run({ ...typescriptCall(source, {}, run), entry: { kind: 'script' } }, never),
    async remove() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
