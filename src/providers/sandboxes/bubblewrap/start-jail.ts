import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import { bwrapArguments } from './bwrap-arguments.js';
import type { BwrapFeatures, BwrapFiles } from './bwrap-arguments.js';
import { takeHostUser } from './host-user.js';
import { systemCallFilter } from './system-call-filter.js';
import { withoutInherited } from './inherited-descriptors.js';
import type { Jail } from './jail.js';
import { attachPublicNetwork } from './public-network.js';
import type { AttachedNetwork } from './public-network.js';
import { underLimits } from './resource-limits.js';
import type { Staging } from './staging.js';

export interface JailHost {
  readonly features: BwrapFeatures;
  readonly files: Omit<BwrapFiles, 'at'>;
  readonly staging: Staging;
  /** Of programs on the host. */
  readonly searchPath: string;
  /** The widest that a jail may have and that can be kept to here. */
  readonly network: SandboxNetwork;
  /** Added to the error of code that wanted more, so that it names the setting. */
  readonly networkNotes: Readonly<Record<SandboxNetwork, string>>;
}

export interface JailEnd {
  /** 128 + the number of the signal that has ended the command. */
  readonly code: number | null;
}

export interface JailedProcess {
  /** The command's descriptor 3. */
  readonly input: Writable;
  /** Its descriptor 4. */
  readonly output: Readable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Of the first process inside, as the host counts. Rejects with SandboxUnavailable when there will be none. */
  readonly started: Promise<number>;
  /** Once no process of the jail is left. */
  readonly ended: Promise<JailEnd>;
  /** All processes of it, whatever they have done to stay; `ended` tells when they are gone. */
  kill(): void;
}

const descriptors = { input: 3, output: 4, arguments: 5, info: 6, gate: 7, filter: 8 };

/** Starts the jail's command, with its network as the jail says. */
export function startJail(jail: Jail, host: JailHost): JailedProcess {
  const user = takeHostUser();
  const [program = 'bwrap', ...args] = [
    ...host.staging.command,
    ...user.command,
    // The public one is filtered from outside of the walls, so it belongs to somebody outside of them.
    ...(jail.network === 'public' ? ['unshare', '--user', '--map-root-user', '--net', '--'] : []),
    ...['bwrap', '--args', String(descriptors.arguments), '--'],
    ...underLimits(jail.command, jail.limits),
  ];
  const child = spawn(program, args, {
    env: { PATH: host.searchPath },
    cwd: '/',
    stdio: withoutInherited(['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe']),
    // A Ctrl-C that means this server has to leave its calls the time to finish. bwrap dies with it all the same.
    detached: true,
  });
  const pipes = pipesOf(child);
  // A process that is gone reads no more; its end is told by itself.
  for (const pipe of [pipes.input, pipes.arguments, pipes.gate, pipes.filter, pipes.output, pipes.info, pipes.stdout, pipes.stderr])
    pipe.on('error', () => undefined);
  let network: AttachedNetwork | null = null;
  const ended = endOf(child).finally(async () => {
    user.release();
    await network?.detach();
  });
  const walls = bwrapArguments(jail, { ...host.files, at: path => host.staging.at(path) }, host.features);
  const filter = systemCallFilter();
  const filtered = filter === null ? [] : ['--seccomp', String(descriptors.filter)];
  const all = [...walls, ...filtered, '--info-fd', String(descriptors.info), '--block-fd', String(descriptors.gate)];
  pipes.filter.end(filter);
  pipes.arguments.end(all.map(argument => `${argument}\0`).join(''));

  const first = firstProcess(pipes.info);
  const prepare = async (): Promise<void> => {
    if (jail.network !== 'public' || child.pid === undefined) return;
    network = await attachPublicNetwork(child.pid, { searchPath: host.searchPath, reachable: jail.reachable ?? [] });
  };
  const started = openGate({ first, ended, pipes, prepare, kill: () => killAll(child, first) });
  // Whoever only waits for the end is told of it there.
  started.catch(() => undefined);
  const { input, output, stdout, stderr } = pipes;
  return { input, output, stdout, stderr, started, ended, kill: () => killAll(child, first) };
}

interface Pipes {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly input: Writable;
  readonly output: Readable;
  readonly arguments: Writable;
  readonly info: Readable;
  readonly gate: Writable;
  readonly filter: Writable;
}

function pipesOf({ stdio }: ChildProcess): Pipes {
  const at = (descriptor: number): unknown => stdio[descriptor];
  return {
    stdout: at(1) as Readable,
    stderr: at(2) as Readable,
    input: at(descriptors.input) as Writable,
    output: at(descriptors.output) as Readable,
    arguments: at(descriptors.arguments) as Writable,
    info: at(descriptors.info) as Readable,
    gate: at(descriptors.gate) as Writable,
    filter: at(descriptors.filter) as Writable,
  };
}

/** Of a program that could not be started at all there is nothing else to wait for. */
function endOf(child: ChildProcess): Promise<JailEnd> {
  return new Promise(resolve => {
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null });
    });
    child.once('close', code => resolve({ code }));
  });
}

/** Null when bwrap ends without one. */
async function firstProcess(info: Readable): Promise<number | null> {
  let text = '';
  try {
    for await (const chunk of info) text += String(chunk);
  } catch {
    return null;
  }
  const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
  return pid === undefined ? null : Number(pid);
}

interface Gate {
  readonly first: Promise<number | null>;
  readonly ended: Promise<JailEnd>;
  readonly pipes: Pipes;
  readonly prepare: () => Promise<void>;
  readonly kill: () => void;
}

async function openGate({ first, ended, pipes, prepare, kill }: Gate): Promise<number> {
  const pid = await first;
  if (pid === null) {
    const words: string[] = [];
    pipes.stderr.on('data', chunk => words.push(String(chunk)));
    await ended;
    throw new SandboxUnavailable(`bubblewrap could not make a sandbox: ${words.join('').trim().slice(0, 500) || 'it has said nothing'}`);
  }
  try {
    await prepare();
  } catch (error) {
    kill();
    await ended;
    throw error;
  }
  pipes.gate.end('\n');
  return pid;
}

const firstWaitMs = 2000;

/** The first process inside takes all others with it, and bwrap ends after it. Before there is one, bwrap is all that there is. */
function killAll(child: ChildProcess, first: Promise<number | null>): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = setTimeout(() => child.kill('SIGKILL'), firstWaitMs);
  void first.then(pid => {
    clearTimeout(late);
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (pid === null || !hasKilled(pid)) child.kill('SIGKILL');
  });
}

function hasKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
