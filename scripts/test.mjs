// Checks and tests. The last line is `N passed, N failed, N skipped`; a failed check counts as a failed test.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = process.execPath;
const report = join(root, '.cache', 'test-report.json');
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });

const check = spawnSync(node, [join(root, 'scripts', 'check.mjs')], { cwd: root, stdio: 'inherit' });
const status = await mocha();
const { passes, failures, pending } = readStats();
const failed = failures + (check.status === 0 ? 0 : 1) + (status !== 0 && failures === 0 ? 1 : 0);
process.stdout.write(`${passes} passed, ${failed} failed, ${pending} skipped\n`);
process.exit(failed === 0 ? 0 : 1);

function mocha() {
  const args = [
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    join(root, 'test', 'support', 'reporter.cjs'),
    ...(process.argv.length > 2 ? process.argv.slice(2) : ['test/**/*.test.ts']),
  ];
  return new Promise(resolve => {
    const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PERDURA_TEST_REPORT: report } });
    child.on('close', code => resolve(code ?? 1));
  });
}

function readStats() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passes: 0, failures: 1, pending: 0 };
  }
}
