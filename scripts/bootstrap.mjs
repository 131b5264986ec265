// Runs a script of this project under its own Node, after installing and building what is missing. Needs nothing but Node >= 20.19 and npm.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installSandboxPrograms } from './sandbox-programs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const [target, ...args] = process.argv.slice(2);

/**
 * Node's watcher lets every thread report what it loads, as messages to the thread's parent. Temporal's worker takes them for answers of its workflow
 * threads and fails. The folders to watch are named, so nothing needs reporting.
 */
const withoutReports = 'data:text/javascript,delete process.env.WATCH_REPORT_DEPENDENCIES';

const targets = {
  start: { script: 'dist/src/main/start.js', needsBuild: true },
  dev: {
    script: 'src/main/start.ts',
    flags: ['--watch-path=src', '--watch-path=worker.ts', '--import', withoutReports, '--import', 'tsx'],
  },
  build: { needsBuild: true },
  run: {},
};

await main();

async function main() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Perdura needs Node 20.19 or newer; this is ${process.versions.node}.`);
  const plan = targets[target];
  if (plan === undefined) fail(`Usage: node scripts/bootstrap.mjs <${Object.keys(targets).join('|')}> [arguments]`);
  const sandbox = installSandboxPrograms();
  install();
  if (plan.needsBuild) build();
  if (target === 'build') return;
  // A server starts without; a script, such as the tests, may need it from its beginning.
  if (target === 'run') await sandbox;
  const script = target === 'run' ? args.shift() : plan.script;
  const flags = target === 'run' && script.endsWith('.ts') ? ['--import', 'tsx'] : (plan.flags ?? []);
  runToEnd([...flags, join(root, script), ...args]);
}

/** Once for each state of the lock file. */
function install() {
  const stamp = join(root, 'node_modules', '.perdura-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(pinnedNode) && readText(stamp) === wanted) return;
  process.stdout.write('Installing dependencies …\n');
  const started = Date.now();
  // Not `npm ci`: it refuses a lock file in which optional packages for other platforms are missing, and some registries lack these.
  // onnxruntime's binaries come with the package; its script would fetch others.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail('The dependencies could not be installed: see the messages of npm above.');
  writeFileSync(stamp, wanted);
  process.stdout.write(`Installed dependencies in ${seconds(started)} s.\n`);
}

/** Compiles when a source is newer than the last build. */
function build() {
  const stamp = join(root, 'dist', '.built');
  const wanted = hashOf(sources());
  if (readText(stamp) === wanted) return;
  process.stdout.write('Building …\n');
  const started = Date.now();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(join(root, '.cache', 'tsconfig.build.tsbuildinfo'), { force: true });
  mkdirSync(join(root, 'dist'));
  step([join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json')], 'TypeScript found errors.');
  step([join(root, 'scripts', 'build-workflow-bundle.mjs')], 'The workflows could not be bundled.');
  writeFileSync(stamp, wanted);
  process.stdout.write(`Built in ${seconds(started)} s.\n`);
}

function step(args, message) {
  if (spawnSync(pinnedNode, args, { cwd: root, stdio: 'inherit' }).status !== 0) fail(message);
}

function sources() {
  const files = ['worker.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/build-workflow-bundle.mjs'].map(name =>
    join(root, name),
  );
  const walk = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else files.push(path);
    }
  };
  walk(join(root, 'src'));
  return files.sort();
}

/** Of names, sizes and times: quick, and right for a working copy. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function runToEnd(nodeArgs) {
  const child = spawn(pinnedNode, nodeArgs, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(pinnedNode)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function seconds(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}

function fail(message) {
  process.stderr.write(`perdura: ${message}\n`);
  process.exit(1);
}
