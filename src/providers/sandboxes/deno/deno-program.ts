import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const architectures: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'x64', arm64: 'arm64' };
const systems: Readonly<Partial<Record<NodeJS.Platform, readonly [begin: string, end: string]>>> = {
  linux: ['linux', '-glibc'],
  darwin: ['darwin', ''],
};

/** The path of the deno that npm has installed, or null where there is none for this machine. */
export function installedDeno(): string | null {
  const architecture = architectures[process.arch];
  const system = systems[process.platform];
  if (architecture === undefined || system === undefined) return null;
  try {
    // Not the package's own bin: that is a Node script, or a copy that an install script has to make.
    const within = createRequire(createRequire(import.meta.url).resolve('deno/package.json'));
    const path = join(dirname(within.resolve(`@deno/${system[0]}-${architecture}${system[1]}/package.json`)), 'deno');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
