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
const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'dist', 'src', 'workflows', 'index.js'), logger: quiet });
writeFileSync(join(root, 'dist', 'workflow-bundle.js'), code);
