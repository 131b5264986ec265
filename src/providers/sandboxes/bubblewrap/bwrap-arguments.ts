import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import type { Jail, Mount } from './jail.js';

/** What every program needs of a system: its libraries, certificates and names of the resolver. */
const systemFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const systemFiles = [
  '/etc/ld.so.cache',
  '/etc/alternatives',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/ca-certificates',
  '/etc/pki/tls',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/protocols',
  '/etc/services',
];
const ownFiles = ['passwd', 'group', 'hosts', 'nsswitch.conf', 'resolv.conf'];
const hostNames = ['/etc/hosts', '/etc/nsswitch.conf', '/etc/resolv.conf'];

/** Nobody's, so that nothing inside looks like root. */
const insideId = '65534';

/** Last: into a root that cannot be written nothing is mounted. */
const closing = ['--remount-ro', '/'];

export interface BwrapFiles {
  /** Holds passwd, hosts and the like, as they are seen inside. */
  readonly etcFolder: string;
  /** Folders of the host that no mount may show, though they lie in one that does. */
  readonly hidden: readonly string[];
  /** Where a path of the host is found at the time of mounting. */
  readonly at: (path: string) => string;
}

/** What not every version of bwrap can. */
export interface BwrapFeatures {
  readonly disablesUserNamespaces: boolean;
}

/** The walls as arguments of bwrap, without the command. */
export function bwrapArguments(jail: Jail, files: BwrapFiles, features: BwrapFeatures): string[] {
  return [...namespaces(jail, features), ...system(jail, files), ...jail.mounts.flatMap(mount => bind(mount, files.at)), ...closing];
}

function namespaces({ network, environment, workFolder }: Jail, { disablesUserNamespaces }: BwrapFeatures): string[] {
  return [
    // Not the -try variants where the wall itself depends on it.
    ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network === 'none' ? ['--unshare-net'] : []),
    // What is reachable by making further user namespaces has been the way out of most sandboxes.
    ...(disablesUserNamespaces ? ['--disable-userns'] : []),
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', insideId, '--gid', insideId, '--hostname', 'sandbox', '--chdir', workFolder],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

function system({ network, limits, mounts }: Jail, { etcFolder, hidden, at }: BwrapFiles): string[] {
  const shown = ['/usr', ...mounts.map(mount => mount.target)];
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...systemFolders.flatMap(sameAsHost),
    ...[...systemFiles, ...(network === 'host' ? hostNames : [])].flatMap(path => ['--ro-bind-try', path, path]),
    ...ownFiles
      .filter(name => network !== 'host' || !hostNames.includes(`/etc/${name}`))
      .flatMap(name => ['--ro-bind', at(`${etcFolder}/${name}`), `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev'],
    // bwrap's own /dev is a file system without a limit.
    ...['--size', String(limits.diskBytes), '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    ...['--size', String(limits.diskBytes), '--tmpfs', '/tmp'],
    ...hidden
      .filter(folder => shown.some(path => folder.startsWith(`${path}/`)) && existsSync(folder))
      .flatMap(folder => ['--tmpfs', folder]),
  ];
}

/** Links on a system whose /bin is /usr/bin, folders on others. */
function sameAsHost(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

function bind({ source, target, writable }: Mount, at: (path: string) => string): string[] {
  return [writable ? '--bind' : '--ro-bind', at(source), target];
}
