// Bundles the compiled workflows once, so that a worker that starts need not.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
};
const workflows = join(root, 'dist', 'src', 'workflows');

await write('workflow-bundle.js', {});
// How a failure is written is part of the bundle.
await write('workflow-bundle-encrypted.js', { failureConverterPath: join(workflows, 'encoding-failure-converter.js') });

async function write(name, options) {
  const { code } = await bundleWorkflowCode({ workflowsPath: join(workflows, 'index.js'), logger: quiet, ...options });
  writeFileSync(join(root, 'dist', name), code);
}
