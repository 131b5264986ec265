import { mkdir, rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { packageFile } from '../../src/config/version.js';
import { sharedBundle } from './services.js';

type ProcessCode = Readonly<Record<'services' | 'api' | 'worker', string>>;

/** One for each run of the tests, as runs go on side by side. By `main/start.` a role knows another one. */
const folder = packageFile(`.cache/test-${process.pid}-main`);
let built: ProcessCode | null = null;

/**
 * The processes of a cluster, each as one file: kills start them again and again, and loading the sources one by one takes a process more than twice as
 * long.
 */
export function processCode(): ProcessCode {
  built ??= buildCode();
  return built;
}

function buildCode(): ProcessCode {
  buildSync({
    entryPoints: [
      packageFile('src/main/start.ts'),
      packageFile('test/support/measured-api.ts'),
      packageFile('test/support/crash-worker.ts'),
    ],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    keepNames: true,
    tsconfig: packageFile('tsconfig.json'),
    // Files that come with the package are found from the place of a source.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(packageFile('src/config/version.ts')).href) },
  });
  return { services: `${folder}/start.mjs`, api: `${folder}/measured-api.mjs`, worker: `${folder}/crash-worker.mjs` };
}

/** The workflows' code as a file, bundled once for all processes of all tests. */
export async function bundleFile(isEncrypted: boolean): Promise<string> {
  const bundle = await sharedBundle(isEncrypted);
  if (!('code' in bundle)) return bundle.codePath;
  const file = `${folder}/workflows${isEncrypted ? '-encrypted' : ''}.js`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, bundle.code);
  return file;
}

export async function removeProcessCode(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
