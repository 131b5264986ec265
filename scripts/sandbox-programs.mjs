// Installs what the code of custom tools is sandboxed with, where that can be done without asking: on Debian and its kin, as root.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** By package: the program that tells that it is there. */
const programs = { bubblewrap: 'bwrap', slirp4netns: 'slirp4netns', nftables: 'nft' };

/** Starts the installation of what is missing; null when there is nothing to do. It goes on beside whatever is done meanwhile, and nothing fails without it. */
export function installSandboxPrograms() {
  const sandbox = process.env.PERDURA_TOOL_SANDBOX || 'bubblewrap';
  if (process.platform !== 'linux' || sandbox !== 'bubblewrap') return null;
  const missing = Object.keys(programs).filter(name => !isThere(programs[name]));
  if (missing.length === 0) return null;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid() !== 0 || !isThere('apt-get')) {
    const needs = missing.includes('bubblewrap')
      ? 'Custom tools need bubblewrap'
      : 'Custom tools have no network without slirp4netns and nftables';
    process.stdout.write(`${needs}. On Debian and Ubuntu: sudo ${command}\n`);
    return null;
  }
  process.stdout.write(`Installing ${missing.join(', ')} for custom tools …\n`);
  // Lists of packages may be there already, and are slow to fetch.
  return run(`${command} || (apt-get update && ${command})`).then(code => {
    if (code !== 0)
      process.stdout.write(`They could not be installed, so custom tools are refused or have no network. By hand: ${command}\n`);
  });
}

function run(command) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return new Promise(resolve => {
    const child = spawn('sh', ['-c', command], { env, stdio: 'ignore' });
    child.on('error', () => resolve(1));
    child.on('close', resolve);
  });
}

function isThere(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some(folder => folder !== '' && existsSync(join(folder, program)));
}
