import { readFileSync } from 'node:fs';

/** This package's version. Works from the sources and from the compiled tree, which is a folder deeper. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  return version;
}

/** The path of a file that comes with the package. */
export function packageFile(path: string): string {
  const isCompiled = import.meta.url.includes('/dist/src/');
  return new URL(`${isCompiled ? '../../../' : '../../'}${path}`, import.meta.url).pathname;
}
