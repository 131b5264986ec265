// All static checks, one line each: PASS or FAIL with seconds. Ends with 1 when one failed.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = name => join(root, 'node_modules', '.bin', name);
const checks = [
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['lint', bin('eslint'), ['--cache', '--cache-location', '.cache/eslint/', '--max-warnings', '0', '.']],
  ['boundaries', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'worker.ts']],
  ['dead code', bin('knip'), []],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.']],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const started = Date.now();
  const { code, output } = await run(command, args);
  const passed = code === 0;
  if (!passed) failed += 1;
  process.stdout.write(`${passed ? 'PASS' : 'FAIL'} ${name} ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  if (!passed) process.stdout.write(`${output}\n`);
}
process.exit(failed === 0 ? 0 : 1);

function run(command, args) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', chunk => (output += chunk));
    child.stderr.on('data', chunk => (output += chunk));
    child.on('close', code => resolve({ code, output: output.trim() }));
  });
}
