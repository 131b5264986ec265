import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CodePackage } from '../../../domain/sandbox/code-sandbox.js';
import { packageNames } from '../../../domain/sandbox/package-names.js';
import { createSharedWork } from '../shared-work.js';

export interface NpmPackagesOptions {
  readonly deno: string;
  /** Keeps a folder for each set of packages. */
  readonly folder: string;
  /** Of the installation alone: where the registry is and how it is reached. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface PreparedPackages {
  /** Read, never written, by the runs that use it. */
  readonly folder: string;
  /** Deno's cache in it. */
  readonly denoDir: string;
  readonly importMap: string;
}

/** The message is for whoever wrote the tool. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

export interface NpmPackages {
  prepare(packages: readonly CodePackage[], signal: AbortSignal): Promise<PreparedPackages>;
}

const run = promisify(execFile);
/** Names under which Deno would keep what code puts into localStorage and caches, and what it has compiled: files, so that they cannot be folders. */
const blocked = ['location_data', 'gen'];

/**
 * Sets of npm packages, each fetched once, before its first run and apart from it: a run reaches no registry. Nothing of a package is executed here;
 * Deno runs no install scripts.
 */
export function createNpmPackages(options: NpmPackagesOptions): NpmPackages {
  const share = createSharedWork<PreparedPackages>();
  return {
    async prepare(packages, signal) {
      const imports = importsOf(packages);
      const hash = createHash('sha256').update(JSON.stringify(imports)).digest('hex').slice(0, 32);
      return share(hash, whole => prepare(options, hash, imports, whole), signal);
    },
  };
}

/** As an import map: each package by its name, and the files in it. */
function importsOf(packages: readonly CodePackage[]): Readonly<Record<string, string>> {
  const entries = packages.flatMap(({ name, version }) => {
    if (!packageNames.npm.name.test(name)) throw new PackageError(`'${name}' is not the name of an npm package`);
    if (version !== null && !packageNames.npm.version.test(version))
      throw new PackageError(`'${version}' is not a version of the npm package ${name}`);
    const specifier = version === null ? name : `${name}@${version}`;
    return [
      [name, `npm:${specifier}`],
      [`${name}/`, `npm:/${specifier}/`],
    ] as const;
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function prepare(
  options: NpmPackagesOptions,
  hash: string,
  imports: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<PreparedPackages> {
  const folder = join(options.folder, hash);
  const prepared = { folder, denoDir: join(folder, 'deno'), importMap: join(folder, 'import-map.json') };
  if (await isThere(prepared.importMap)) return prepared;
  // Beside it and moved at the end, so that one that is there is whole, whoever makes it at the same time.
  const making = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(join(making, 'deno'), { recursive: true });
    await writeFile(join(making, 'deno.json'), JSON.stringify({ imports }));
    await install(options, making, signal);
    await gatherPackages(join(making, 'deno', 'npm'));
    await closeCache(join(making, 'deno'));
    await writeFile(join(making, 'import-map.json'), JSON.stringify({ imports }));
    await rename(making, folder).catch(async (error: unknown) => {
      if (!(await isThere(prepared.importMap))) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return prepared;
}

async function install({ deno, environment, timeoutMs }: NpmPackagesOptions, folder: string, signal: AbortSignal): Promise<void> {
  const env = { ...environment, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  try {
    await run(deno, ['install', '--quiet', '--no-lock', '--node-modules-dir=none'], { cwd: folder, env, timeout: timeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '', killed = false } = error as { readonly stderr?: string; readonly killed?: boolean };
    throw new PackageError(
      killed
        ? `the npm packages were not installed within ${timeoutMs / 1000} seconds`
        : `the npm packages cannot be installed: ${reason(stderr, error)}`,
    );
  }
}

/** Without the addresses of the registry, which may hold a token. */
function reason(stderr: string, error: unknown): string {
  const text = stderr.trim() === '' ? String(error) : stderr.trim();
  return text.replaceAll(/https?:\/\/\S+/g, '(the registry)').slice(0, 600);
}

/** The folder of the registry that Deno thinks of where it is told of none, as in a run: runs get no settings of registries, which hold tokens. */
const standardRegistry = 'registry.npmjs.org';

/** Each registry has a folder, named by its address, or within one that is. */
async function gatherPackages(folder: string): Promise<void> {
  for (const path of await packageFolders(folder, [])) {
    // By where Deno has put it: what stands in its files is the word of whoever has published it.
    const target = join(folder, standardRegistry, ...path.slice(path.at(-2)?.startsWith('@') === true ? -2 : -1));
    const source = join(folder, ...path);
    if (source === target) continue;
    await mkdir(dirname(target), { recursive: true });
    await rename(source, target);
  }
}

/** The folders with a document of the registry, which lies beside the versions. Never within one: there its publisher names the files. */
async function packageFolders(folder: string, path: readonly string[]): Promise<string[][]> {
  const entries = await readdir(join(folder, ...path), { withFileTypes: true });
  if (entries.some(entry => entry.name === 'registry.json' && entry.isFile())) return [[...path]];
  const found: string[][] = [];
  for (const entry of entries) if (entry.isDirectory()) found.push(...(await packageFolders(folder, [...path, entry.name])));
  return found;
}

/** Nothing but the packages stays, and nothing can come. A half-written database that cannot be written to the end would be waited for. */
async function closeCache(denoDir: string): Promise<void> {
  for (const name of await readdir(denoDir)) if (name !== 'npm') await rm(join(denoDir, name), { recursive: true });
  for (const name of blocked) await writeFile(join(denoDir, name), '');
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
