// Kills every process under every activity, before and after it, in both isolation modes, and writes the result to docs/crash-matrix.md.
// With --resume, groups of cases that have passed on this commit are not run again.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, '.cache', 'crash-matrix');
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const atOnce = 2;

/** The longest first. */
const groups = [
  { file: 'test/crash/compaction.test.ts', killed: 'all', name: 'divided-compactions' },
  ...['workflow', 'inline'].flatMap(isolation =>
    ['worker', 'api', 'temporal', 'postgres'].map(killed => ({
      file: `test/crash/${isolation === 'inline' ? 'inline/' : ''}kill.test.ts`,
      killed,
      name: `${isolation}-${killed}`,
    })),
  ),
  ...[
    'test/crash/tool-losses.test.ts',
    'test/crash/inline/tool-losses.test.ts',
    'test/crash/tool-worker.test.ts',
    'test/crash/waits.test.ts',
  ].map(file => ({
    file,
    killed: 'none',
    name: file.replace('test/crash/', '').replace('/', '-').replace('.test.ts', ''),
  })),
  { file: 'test/crash/stall.test.ts', killed: 'none', name: 'stalls' },
];

prepare();
const waiting = groups.filter(group => !hasPassed(group));
process.stdout.write(`${groups.length - waiting.length} groups have passed before, ${waiting.length} are run.\n`);
await Promise.all(Array.from({ length: atOnce }, runLane));
const tests = groups.flatMap(group => read(group)?.tests ?? [{ fullTitle: group.name, err: { message: 'The group did not end.' } }]);
const failures = tests.filter(test => !isPassed(test)).length;
writeFileSync(join(root, 'docs', 'crash-matrix.md'), text());
process.exit(failures === 0 ? 0 : 1);

/** Results of another commit, or of a tree with changes, tell nothing. */
function prepare() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const state = `${git('rev-parse', 'HEAD')} ${git('status', '--porcelain', '--', 'src', 'test', 'worker.ts')}`;
  const stamp = join(folder, 'state');
  const isSame = existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
  if (!isSame || !process.argv.includes('--resume')) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, state);
}

async function runLane() {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    const started = Date.now();
    const status = await run(group);
    process.stdout.write(`${status === 0 ? 'PASS' : 'FAIL'} ${group.name} ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  }
}

function run({ file, killed, name }) {
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${reportOf({ name })}`];
  const env = { ...process.env, CRASH_MATRIX: killed };
  return new Promise(resolve => {
    const child = spawn(process.execPath, [mocha, ...reporter, file], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('close', resolve);
  });
}

function reportOf({ name }) {
  return join(folder, `${name}.json`);
}

function read(group) {
  return existsSync(reportOf(group)) ? JSON.parse(readFileSync(reportOf(group), 'utf8')) : null;
}

function hasPassed(group) {
  return read(group)?.stats.failures === 0;
}

function isPassed(test) {
  return Object.keys(test.err).length === 0;
}

function text() {
  const rows = tests.map(
    test =>
      `| ${test.fullTitle} | ${isPassed(test) ? 'passed' : `FAILED: ${test.err.message?.split('\n')[0].replaceAll('|', '\\|') ?? ''}`} |`,
  );
  return `# Crash matrix

\`npm run test:crash\` writes this file; \`npm run test:crash -- --resume\` goes on where it was ended. In each group something goes through every activity of
the worker, twice: once it is held before the activity, once after it. Then the process is killed (SIGKILL) under all of them at once, and comes back.
Nothing may be lost and nothing happen twice: runs of five steps complete, and no stored model response is asked for again; no effect of a tool happens
twice and none that finished is forgotten; a call that was cut off is told to the model; messages are in order and every call is paired with its return;
no event of a voided attempt comes after \`attempt_voided\`; the deltas make up the stored texts; answers of approvals are carried out once; contexts are
compacted once, and of one that takes three calls of a model no stored answer is asked for again; calls that wait get their event once; what is undone is undone under one key; tools of each retry class keep its word when their worker is killed or stopped; receivers hear of a run's end; sleepers wake at their time; texts and vectors are made once. Activities that need no case, and why, stand
in \`test/support/kill-scenarios.ts\`. Resets, forks and recompilations are no activities: each is one transaction of the API.

${tests.length - failures} passed, ${failures} failed, on ${new Date().toISOString().slice(0, 10)}.

| case | result |
|---|---|
${rows.join('\n')}
`;
}
