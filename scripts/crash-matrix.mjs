// Kills every process before and after every activity, in both isolation modes, and writes the result to docs/crash-matrix.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const report = join(root, '.cache', 'crash-matrix.json');
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const args = [
  '--no-config',
  '--node-option',
  'import=tsx',
  '--require',
  './test/support/root-hooks.ts',
  '--exit',
  '--reporter',
  'json',
  '--reporter-option',
  `output=${report}`,
];
const env = { ...process.env, CRASH_MATRIX: '1' };
const { status } = spawnSync(
  process.execPath,
  [mocha, ...args, 'test/crash/kill.test.ts', 'test/crash/compaction.test.ts', 'test/crash/stall.test.ts'],
  {
    cwd: root,
    env,
    stdio: 'inherit',
  },
);
const { stats, tests } = JSON.parse(readFileSync(report, 'utf8'));
const rows = tests.map(test => {
  const isPassed = Object.keys(test.err).length === 0;
  return `| ${test.fullTitle} | ${isPassed ? 'passed' : `FAILED: ${test.err.message?.split('\n')[0] ?? ''}`} |`;
});
const text = `# Crash matrix

\`npm run test:crash\` writes this file. Each case starts a run of five steps whose tools have effects that can be counted, kills or stops a process at
the boundary, starts it again, and checks: the run completes; no stored model response is asked for again; no effect happens twice and none that
finished is forgotten; a call that was cut off is told to the model; messages are in order and every call is paired with its return; no event of a voided
attempt comes after \`attempt_voided\`; the deltas make up the stored texts. The cases of a compaction have a run whose context takes three calls of a model to
summarize, and check that it is compacted once and that no stored answer is asked for again.

${stats.passes} passed, ${stats.failures} failed, on ${new Date().toISOString().slice(0, 10)}.

| case | result |
|---|---|
${rows.join('\n')}
`;
writeFileSync(join(root, 'docs', 'crash-matrix.md'), text);
process.exit(status ?? 1);
