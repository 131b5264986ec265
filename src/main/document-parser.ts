import { pathToFileURL } from 'node:url';
import { packageFile } from '../config/version.js';

/** How a process of a parser is started: as it was compiled, or from its source. */
export function parserCommand(): readonly string[] {
  const script = 'src/providers/parsers/process/parse-document';
  if (import.meta.url.includes('/dist/')) {
    const root = packageFile('.');
    return ['--permission', `--allow-fs-read=${root}`, packageFile(`dist/${script}.js`)];
  }
  return ['--import', pathToFileURL(packageFile('node_modules/tsx/dist/loader.mjs')).href, packageFile(`${script}.ts`)];
}
