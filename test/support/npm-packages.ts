import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/config/version.js';

const run = promisify(execFile);

export interface PackageFolder {
  /** Of the folder under .cache; changes with what is in it. */
  readonly name: string;
  /** `<package>@<exact version>`, installed with their dependencies. */
  readonly install: readonly string[];
  /** A package that is unpacked as it is, into the folder `package`: one whose bundle holds what it depends on. */
  readonly unpack?: string;
}

/** Fetches the packages of other people's clients, which this project neither builds on nor ships. Kept for later runs. */
export async function npmPackages({ name, install, unpack }: PackageFolder): Promise<string> {
  const folder = packageFile(join('.cache', name));
  if (existsSync(join(folder, 'ready'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  const options = { cwd: folder, timeout: 240_000 };
  await run('npm', ['install', '--save-exact', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', ...install], options);
  if (unpack !== undefined) {
    const { stdout } = await run('npm', ['pack', '--silent', unpack], options);
    await run('tar', ['-xzf', stdout.trim()], options);
  }
  writeFileSync(join(folder, 'ready'), '');
  return folder;
}
