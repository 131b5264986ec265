// Reads a hundred streams at once through hang-ups and kills of the worker, again and again, and writes the result to docs/soak.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const result = join(root, '.cache', 'soak.json');
rmSync(result, { force: true });
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const args = [
  '--no-config',
  '--node-option',
  'import=tsx',
  '--require',
  './test/support/root-hooks.ts',
  '--exit',
  'test/crash/soak.test.ts',
];
const { status } = spawnSync(process.execPath, [mocha, ...args], { cwd: root, env: { ...process.env, SOAK: '1' }, stdio: 'inherit' });
const { streams, rounds, kills, reconnects, events, seconds, before, after } = JSON.parse(readFileSync(result, 'utf8'));
const mb = bytes => `${(bytes / 1e6).toFixed(1)} MB`;
const row = (name, read) => `| ${name} | ${read(before)} | ${read(after)} |`;
const text = `# Soak of streams

\`npm run test:soak\` writes this file. In each of ${rounds} rounds, ${streams} agents run at once and ${streams} clients read their runs, one half over server-sent events, the other over
WebSockets. Each client hangs up after a random number of events and comes back with the last \`seq_id\` it saw; meanwhile the worker is killed (SIGKILL) and
started again. In the end each client has to have got exactly the events of its run's log, in order, with no gap and no double.

${status === 0 ? 'Passed' : 'FAILED'} on ${new Date().toISOString().slice(0, 10)}: ${rounds * streams} runs, ${events} events, ${reconnects} reconnects, ${kills} kills of the worker, in ${seconds} s.

What the API process held after a warm-up, and after the rounds (after a collection of its garbage):

| | before | after |
|---|---|---|
${[
  row('heap', measure => mb(measure.heapBytes)),
  row('readers of logs', measure => measure.readers),
  row('open files and sockets', measure => measure.openFiles),
  row('connections to the database, of API and worker', measure => measure.databaseConnections),
].join('\n')}
`;
writeFileSync(join(root, 'docs', 'soak.md'), text);
process.exit(status ?? 1);
