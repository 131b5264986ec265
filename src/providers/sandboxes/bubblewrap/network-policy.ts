import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import type { Jail } from './jail.js';
import { startJail } from './start-jail.js';
import type { JailHost } from './start-jail.js';

const widening: readonly SandboxNetwork[] = ['none', 'public', 'host'];

/** The narrower one: a tool may ask for less than the server allows, never for more. */
export function narrowed(allowed: SandboxNetwork, wanted: SandboxNetwork): SandboxNetwork {
  return widening.indexOf(wanted) < widening.indexOf(allowed) ? wanted : allowed;
}

export interface NetworkWish {
  readonly network: SandboxNetwork;
  readonly onWarning: (text: string) => void;
}

/** What of the wished network this machine can keep to, tried out. Throws SandboxUnavailable when there can be no jail at all. */
export async function enforceableNetwork(
  host: Omit<JailHost, 'network' | 'networkNotes'>,
  { network, onWarning }: NetworkWish,
): Promise<Pick<JailHost, 'network' | 'networkNotes'>> {
  const works = async (candidate: SandboxNetwork): Promise<void> => {
    const jail = startJail(trial(candidate), { ...host, network: candidate, networkNotes: notes('') });
    for (const pipe of [jail.output, jail.stdout]) pipe.resume();
    await jail.started;
    const { code } = await jail.ended;
    if (code !== 0) throw new SandboxUnavailable(`A sandbox of bubblewrap does not work here: its trial ended with ${code ?? 'a signal'}.`);
  };
  try {
    await works(network);
    return { network, networkNotes: notes('') };
  } catch (error) {
    if (network !== 'public' || error instanceof SandboxUnavailable) throw error;
    await works('none');
    const reason = error instanceof Error ? error.message : String(error);
    onWarning(
      `Tools have no network, because PERDURA_TOOL_NETWORK=public cannot be kept to here: ${reason}. It needs slirp4netns, nftables and /dev/net/tun.`,
    );
    return { network: 'none', networkNotes: notes(' and the log of the server') };
  }
}

function notes(more: string): JailHost['networkNotes'] {
  return {
    none: ` (tools have no network here: see PERDURA_TOOL_NETWORK${more})`,
    public: ' (addresses of private networks and of the server itself are refused: see PERDURA_TOOL_NETWORK)',
    host: '',
  };
}

const trialBytes = 67_108_864;

function trial(network: SandboxNetwork): Jail {
  return {
    command: ['/usr/bin/env', 'true'],
    mounts: [],
    environment: { PATH: '/usr/bin:/bin' },
    workFolder: '/tmp',
    network,
    limits: { addressSpaceBytes: null, memoryBytes: trialBytes, processes: 16, cpuSeconds: 10, openFiles: 64, diskBytes: trialBytes },
  };
}
