import { pathToFileURL } from 'node:url';
import { packageFile } from '../config/version.js';

/** How a process of a parser is started: as it was compiled, or from its source. */
export function parserCommand(): readonly string[] {
  const script = 'src/providers/parsers/process/parse-document';
  if (import.meta.url.includes('/dist/')) {
    // The data folder may lie beside them.
    const readable = ['dist', 'node_modules', 'package.json'].map(name => `--allow-fs-read=${packageFile(name)}`);
    return ['--permission', ...readable, packageFile(`dist/${script}.js`)];
  }
  return ['--import', pathToFileURL(packageFile('node_modules/tsx/dist/loader.mjs')).href, packageFile(`${script}.ts`)];
}
