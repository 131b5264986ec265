// Checks and tests, in two lanes side by side. The last line is `N passed, N failed, N skipped`; a failed check counts as a failed test.
// With arguments: the checks, and the tests of these files in one lane.
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
/** Tests that mostly wait for processes to start and to be missed. The others share one server in their own process. */
const ofProcesses = /^test\/(crash|process|quickstart|clients)\//;

const started = Date.now();
const files = process.argv.length > 2 ? process.argv.slice(2) : globSync('test/**/*.test.ts', { cwd: root }).sort(byFolder);
const lanes =
  process.argv.length > 2 ? [files] : [files.filter(file => !ofProcesses.test(file)), files.filter(file => ofProcesses.test(file))];
const [isChecked, ...results] = await Promise.all([check(), ...lanes.map(runLane)]);
const sum = name => results.reduce((total, result) => total + result[name], 0);
const failed = sum('failures') + (isChecked ? 0 : 1);
showTimes();
process.stdout.write(`${sum('passes')} passed, ${failed} failed, ${sum('pending')} skipped\n`);
process.exit(failed === 0 ? 0 : 1);

/** Files of one folder have to stay together: those of test/crash with the same settings share a cluster. */
function byFolder(a, b) {
  const [folderA, folderB] = [dirname(a), dirname(b)];
  return folderA === folderB ? (a < b ? -1 : 1) : folderA < folderB ? -1 : 1;
}

function check() {
  return new Promise(resolve => {
    spawn(process.execPath, [join(root, 'scripts', 'check.mjs')], { cwd: root, stdio: 'inherit' }).on('close', code => resolve(code === 0));
  });
}

function runLane(specs, index) {
  const report = join(cache, `test-report-${index}.json`);
  rmSync(report, { force: true });
  const args = [
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    join(root, 'test', 'support', 'reporter.cjs'),
    ...specs,
  ];
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PERDURA_TEST_REPORT: report } });
    child.on('close', code => {
      const result = readReport(report);
      resolve({ ...result, failures: result.failures + (code !== 0 && result.failures === 0 ? 1 : 0) });
    });
  });
}

/** A lane that ended without a report has failed. */
function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passes: 0, failures: 1, pending: 0, files: {} };
  }
}

function showTimes() {
  const times = Object.entries(Object.assign({}, ...results.map(result => result.files))).sort(([, a], [, b]) => b - a);
  const slowest = times.slice(0, 10).map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
  process.stdout.write(`\nThe slowest files of ${((Date.now() - started) / 1000).toFixed(0)} s:\n${slowest.join('\n')}\n`);
}
