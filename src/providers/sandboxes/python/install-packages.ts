import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import { keepBeginning } from '../bubblewrap/bounded-text.js';
import type { Jail, JailLimits } from '../bubblewrap/jail.js';
import { findProgram } from '../bubblewrap/jail-host.js';
import { stage } from '../bubblewrap/staging.js';
import { startJail } from '../bubblewrap/start-jail.js';
import type { JailedProcess, JailHost } from '../bubblewrap/start-jail.js';
import { startUnwalled } from '../bubblewrap/start-unwalled.js';
import type { Python } from './find-python.js';
import { readIndexSettings } from './index-settings.js';
import type { IndexSettings } from './index-settings.js';
import { PackagesRefused } from './package-key.js';

export interface InstallOptions {
  readonly assets: string;
  readonly stagingFolder: string;
  /** Of the server: what it says about indexes holds for installations. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly network: SandboxNetwork;
  /** Whether packages may be built that have no wheel, which runs their own code. */
  readonly runsSetups: boolean;
  /** What an environment may take on the disk. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Where an environment is seen, when it is made and when it is used: its scripts name it. */
export const packagesFolder = '/packages';
const ownFolder = '/opt/perdura';
const uvPath = '/opt/uv';

/** Installs packages into a folder with pip, or uv where there is one. Throws PackagesRefused with their own words. */
export function createInstaller(options: InstallOptions) {
  return async (place: InstallPlace, folder: string, requirements: readonly string[], signal: AbortSignal) => {
    const { host, python, searchPath } = place;
    const index = await readIndexSettings(python.executable, options.environment);
    const found = await findProgram('uv', searchPath);
    const uv = found === null ? null : await realpath(found);
    const making = installation({ python, folder, requirements, index, uv }, options);
    for (const jail of [making, compilation(python, folder, options)]) {
      const jailed = host === null ? startUnwalled(jail, searchPath) : startJail(jail, await withMounts(host, jail, options));
      await runToEnd(jailed, { ...options, folder, signal });
    }
  };
}

/** An operator's index may stand where only root comes to. */
async function withMounts(host: JailHost, { mounts }: Jail, { stagingFolder }: InstallOptions): Promise<JailHost> {
  const shown = await Promise.all(mounts.map(async ({ source }) => ((await stat(source)).isDirectory() ? source : dirname(source))));
  return { ...host, staging: await stage([host.files.etcFolder, ...new Set(shown)], stagingFolder) };
}

interface InstallPlace {
  /** Null = there are no walls. */
  readonly host: JailHost | null;
  readonly python: Python;
  readonly searchPath: string;
}

interface Installation {
  readonly python: Python;
  readonly folder: string;
  readonly requirements: readonly string[];
  readonly index: IndexSettings;
  readonly uv: string | null;
}

function installation(
  { python, folder, requirements, index, uv }: Installation,
  { assets, network, runsSetups, maxBytes, timeoutMs }: InstallOptions,
): Jail {
  return {
    command: [
      python.executable,
      '-I',
      '-B',
      `${ownFolder}/build_environment.py`,
      packagesFolder,
      uv === null ? 'pip' : uvPath,
      ...(runsSetups ? ['--setups'] : []),
      ...requirements,
    ],
    mounts: [
      ...[...python.folders, ...index.mounts.map(mount => mount.source)].map(path => ({ source: path, target: path, writable: false })),
      { source: `${assets}/python`, target: ownFolder, writable: false },
      { source: folder, target: packagesFolder, writable: true },
      ...(uv === null ? [] : [{ source: uv, target: uvPath, writable: false }]),
    ],
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8', ...index.environment },
    workFolder: '/tmp',
    network,
    limits: limitsOf(maxBytes, timeoutMs),
  };
}

/**
 * After the packages are in, apart from the network and the index: by the interpreter they are installed for, which does not look at them when it starts.
 * Their own would run what their .pth files say.
 */
function compilation(python: Python, folder: string, { assets, maxBytes, timeoutMs }: InstallOptions): Jail {
  return {
    command: [python.executable, '-I', '-S', '-B', `${ownFolder}/compile_environment.py`, packagesFolder],
    mounts: [
      ...python.folders.map(path => ({ source: path, target: path, writable: false })),
      { source: `${assets}/python`, target: ownFolder, writable: false },
      { source: folder, target: packagesFolder, writable: true },
    ],
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8' },
    workFolder: '/tmp',
    network: 'none',
    limits: limitsOf(maxBytes, timeoutMs),
  };
}

const memoryBytes = 2_147_483_648;

function limitsOf(maxBytes: number, timeoutMs: number): JailLimits {
  const cpuSeconds = Math.ceil(timeoutMs / 1000);
  return { addressSpaceBytes: null, memoryBytes, processes: 256, cpuSeconds, openFiles: 1024, diskBytes: maxBytes };
}

interface Watched extends InstallOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
}

const keptBytes = 20_000;

async function runToEnd(jailed: JailedProcess, { folder, signal, maxBytes, timeoutMs }: Watched): Promise<void> {
  let reason: string | null = null;
  const stop = (why: string): void => {
    reason ??= why;
    jailed.kill();
  };
  const onAbort = (): void => stop('it was called off');
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const timer = setTimeout(() => stop(`it took more than ${timeoutMs} ms`), timeoutMs);
  const watch = watchSize(folder, maxBytes, () => stop(`it took more than ${maxBytes} bytes on the disk`));
  const [words] = [
    keepBeginning(jailed.stderr, keptBytes, () => stop('it wrote too much')),
    jailed.stdout.resume(),
    jailed.output.resume(),
  ];
  try {
    await jailed.started;
    const { code } = await jailed.ended;
    signal.throwIfAborted();
    if (reason === null && code === 0) return;
    throw new PackagesRefused(`The packages could not be installed: ${reason ?? lastWords(words.text())}`);
  } finally {
    clearTimeout(timer);
    watch.stop();
    signal.removeEventListener('abort', onAbort);
    jailed.kill();
    await jailed.ended;
  }
}

const shownLength = 800;

/** From what it calls an error; of others the end. */
function lastWords(text: string): string {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const first = lines.findIndex(line => /^(ERROR|error|×|.*No module named)/.test(line));
  return (
    lines
      .slice(first === -1 ? -5 : first)
      .join(' ')
      .slice(0, shownLength) || 'it ended without a word'
  );
}

const run = promisify(execFile);
const sizeIntervalMs = 1000;

function watchSize(folder: string, maxBytes: number, onExceeded: () => void): { stop(): void } {
  const timer = setInterval(() => {
    run('du', ['-sk', folder]).then(
      ({ stdout }) => {
        if (Number.parseInt(stdout, 10) * 1024 > maxBytes) onExceeded();
      },
      // Files come and go while it looks; it looks again.
      () => undefined,
    );
  }, sizeIntervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
