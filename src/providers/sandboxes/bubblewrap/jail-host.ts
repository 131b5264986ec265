import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import { enforceableNetwork } from './network-policy.js';
import { isRoot } from './host-user.js';
import { stage } from './staging.js';
import type { JailHost } from './start-jail.js';

export interface JailHostOptions {
  /** PATH, where programs of the host are looked for. */
  readonly searchPath: string;
  /** passwd, hosts and the like, as they are seen inside. */
  readonly etcFolder: string;
  /** Folders that mounts of jails come from. */
  readonly shown: readonly string[];
  /** Folders that no jail may see, wherever they lie. */
  readonly hidden: readonly string[];
  /** A folder that everybody can enter, for mounts. */
  readonly stagingFolder: string;
  /** The widest that a jail may have. */
  readonly network: SandboxNetwork;
  readonly onWarning: (text: string) => void;
}

const run = promisify(execFile);

/** What this machine has for jails. Throws SandboxUnavailable that names what is missing. */
export async function findJailHost(options: JailHostOptions): Promise<JailHost> {
  const { etcFolder, hidden } = options;
  // Where servers keep what only root used to need.
  const searchPath = `${options.searchPath}:/usr/sbin:/sbin`;
  if (process.platform !== 'linux') throw unavailable('bubblewrap runs on Linux alone');
  const needed = ['bwrap', 'prlimit', ...(isRoot() ? ['setpriv', 'unshare'] : [])];
  for (const name of needed) if ((await findProgram(name, searchPath)) === null) throw unavailable(`the program ${name} is missing`);
  const { stdout } = await run('bwrap', ['--help'], { env: { PATH: searchPath } });
  const host = {
    features: { disablesUserNamespaces: stdout.includes('--disable-userns') },
    files: { etcFolder, hidden: await Promise.all(hidden.map(async folder => realpath(folder).catch(() => folder))) },
    staging: await stage([etcFolder, ...options.shown], options.stagingFolder),
    searchPath,
  };
  return { ...host, ...(await enforceableNetwork(host, options)) };
}

/** Its path, or null. */
export async function findProgram(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(':').filter(entry => entry !== '')) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

function unavailable(reason: string): SandboxUnavailable {
  return new SandboxUnavailable(
    `Code of tools is run in a sandbox of bubblewrap, and ${reason}. On Debian and Ubuntu: apt-get install bubblewrap util-linux. See PERDURA_TOOL_SANDBOX.`,
  );
}
