import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { isRoot } from './host-user.js';
import { withoutInherited } from './inherited-descriptors.js';
import { filterRules } from './refused-addresses.js';

export interface AttachedNetwork {
  /** Resolves when nothing of it is left. */
  detach(): Promise<void>;
}

export interface PublicNetworkOptions {
  /** PATH of programs on the host. */
  readonly searchPath: string;
  /** Addresses that are open though they are private. */
  readonly reachable: readonly string[];
}

const descriptors = { ready: 3, exit: 4 };

/**
 * Gives the network namespace of a process the internet: slirp4netns carries its packets, and nftables refuses what is not public before they leave it. Both
 * stand before anything else runs inside.
 */
export async function attachPublicNetwork(pid: number, { searchPath, reachable }: PublicNetworkOptions): Promise<AttachedNetwork> {
  const env = { PATH: searchPath };
  // Root may do so from outside; others only as the owner of the user namespace.
  const owner = isRoot() ? [] : [`--userns-path=/proc/${pid}/ns/user`];
  const carrier = spawn(
    'slirp4netns',
    [
      ...['--configure', '--mtu=65520', '--disable-host-loopback', '--enable-seccomp'],
      // It shuts itself in by rights that others than root do not have there.
      ...(isRoot() ? ['--enable-sandbox'] : []),
      ...[`--ready-fd=${descriptors.ready}`, `--exit-fd=${descriptors.exit}`, '--netns-type=path', ...owner],
      ...[`/proc/${pid}/ns/net`, 'tap0'],
    ],
    { env, cwd: '/', stdio: withoutInherited(['ignore', 'ignore', 'pipe', 'pipe', 'pipe']), detached: true },
  );
  const ended = endOf(carrier);
  // It ends when the other side is closed, so it outlives this process not even after a kill.
  const exit = carrier.stdio[descriptors.exit] as Writable;
  const detach = async (): Promise<void> => {
    exit.destroy();
    carrier.kill('SIGKILL');
    await ended;
  };
  try {
    await Promise.all([carrierReady(carrier, ended), setFilter(pid, filterRules(reachable), env)]);
    return { detach };
  } catch (error) {
    await detach();
    throw error;
  }
}

async function carrierReady(carrier: ChildProcess, ended: Promise<string>): Promise<void> {
  const ready = carrier.stdio[descriptors.ready] as Readable;
  const said = new Promise<boolean>(resolve => {
    ready.once('data', () => resolve(true));
    ready.once('close', () => resolve(false));
  });
  if (!(await said)) throw new Error(`slirp4netns does not work here: ${await ended}`);
}

async function setFilter(pid: number, rules: string, env: NodeJS.ProcessEnv): Promise<void> {
  const who = isRoot() ? ['--net'] : ['--user', '--preserve-credentials', '--net'];
  const nft = spawn('nsenter', [`--target=${pid}`, ...who, '--', 'nft', '-f', '-'], {
    env,
    cwd: '/',
    stdio: withoutInherited(['pipe', 'ignore', 'pipe']),
    detached: true,
  });
  const ended = endOf(nft);
  const input = nft.stdio[0] as Writable;
  input.on('error', () => undefined);
  input.end(rules);
  const words = await ended;
  if (nft.exitCode !== 0) throw new Error(`nftables does not work here: ${words}`);
}

/** What a program has said on stderr, when it has ended. */
function endOf(child: ChildProcess): Promise<string> {
  let words = '';
  const stderr = child.stdio[2] as Readable;
  stderr.on('data', chunk => {
    words = (words + String(chunk)).slice(-keptWords);
  });
  for (const pipe of child.stdio) pipe?.on('error', () => undefined);
  return new Promise(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', () => resolve(words.trim()));
  });
}

const keptWords = 500;
