import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import { lazy } from '../../lazy.js';
import type { JailLimits } from '../bubblewrap/jail.js';
import { findJailHost, findProgram } from '../bubblewrap/jail-host.js';
import { startJail } from '../bubblewrap/start-jail.js';
import type { JailHost } from '../bubblewrap/start-jail.js';
import { startBareDeno } from './bare-deno.js';
import type { DenoProcess } from './bare-deno.js';
import { denoArguments } from './deno-arguments.js';
import type { PreparedPackages } from './npm-packages.js';

export interface DenoStart {
  /** Null = the run has no packages. */
  readonly packages: PreparedPackages | null;
  readonly network: SandboxNetwork;
  readonly environmentNames: readonly string[];
}

/** Starts Deno behind as many walls as this machine has. */
export interface DenoHost extends Pick<JailHost, 'network' | 'networkNotes'> {
  start(start: DenoStart): DenoProcess;
}

export interface DenoHostOptions {
  readonly deno: string;
  /** PATH, where the programs of the host are looked for. */
  readonly searchPath: string;
  /** The package's files of sandboxes. */
  readonly assets: string;
  readonly packagesFolder: string;
  /** Folders that no code may see, wherever they lie. */
  readonly hidden: readonly string[];
  readonly stagingFolder: string;
  /** The widest that a run may have. */
  readonly network: SandboxNetwork;
  readonly onWarning: (text: string) => void;
  readonly jailLimits: JailLimits;
}

/** Within bubblewrap where that is there, and alone where it is not. Looked for once. */
export function createDenoHost(options: DenoHostOptions): () => Promise<DenoHost> {
  return lazy(async () => {
    await mkdir(options.packagesFolder, { recursive: true });
    const limited = await memoryLimit(options);
    try {
      return jailedHost(options, limited, await findJailHost({ ...options, etcFolder: `${options.assets}/etc`, shown: shownTo(options) }));
    } catch (error) {
      if (error instanceof SandboxUnavailable) return bareHost(options, limited, error.message);
      throw error;
    }
  });
}

function shownTo({ deno, packagesFolder }: DenoHostOptions): string[] {
  return [dirname(deno), packagesFolder];
}

/** V8 maps half a gibibyte for the code of each isolate before it runs any, and the limit counts what is mapped: room for three workers beside the main one. */
const reservedBytes = 4 * 536_870_912 + 134_217_728;
/** Of the memory; the rest is for what V8 keeps outside of its heap. */
const heapShare = 0.75;

/** Begins a command that the kernel holds when it takes memory faster than anybody looks. Nothing where there is no prlimit. */
async function memoryLimit({ searchPath, jailLimits }: DenoHostOptions): Promise<readonly string[]> {
  const prlimit = await findProgram('prlimit', searchPath);
  return prlimit === null ? [] : [prlimit, `--data=${jailLimits.memoryBytes + reservedBytes}`, '--core=0', '--'];
}

/** Of Deno itself; nothing in it is kept: there is no such folder where it could be. */
const noFolder = '/dev/null/deno';

function environmentOf(denoDir: string): Readonly<Record<string, string>> {
  return { DENO_DIR: denoDir, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
}

function flagsOf({ assets, jailLimits }: DenoHostOptions) {
  return { runnerFile: `${assets}/deno-runner.js`, heapBytes: jailLimits.memoryBytes * heapShare };
}

/** Deno could keep no range of IPv6 from code, so here is no network between none and all of it. */
function bareHost(options: DenoHostOptions, limited: readonly string[], reason: string): DenoHost {
  const isNarrowed = options.network === 'public';
  const cause = `PERDURA_TOOL_NETWORK=public cannot be kept to without bubblewrap`;
  options.onWarning(`TypeScript tools run in Deno alone. ${reason}${isNarrowed ? ` They have no network, because ${cause}.` : ''}`);
  return {
    network: isNarrowed ? 'none' : options.network,
    networkNotes: { none: ` (tools have no network here: ${isNarrowed ? cause : 'see PERDURA_TOOL_NETWORK'})`, public: '', host: '' },
    start(start) {
      const { packages } = start;
      const args = denoArguments({ ...flagsOf(options), ...start, importMap: packages?.importMap ?? null });
      return startBareDeno([...limited, options.deno, ...args], environmentOf(packages?.denoDir ?? noFolder));
    },
  };
}

const inside = { deno: '/opt/perdura/deno', packages: '/opt/perdura/packages' };

function jailedHost(options: DenoHostOptions, limited: readonly string[], host: JailHost): DenoHost {
  return {
    network: host.network,
    networkNotes: host.networkNotes,
    start(start) {
      const { packages, network } = start;
      const within = (path: string): string => inside.packages + path.slice(packages?.folder.length);
      const args = denoArguments({ ...flagsOf(options), ...start, importMap: packages === null ? null : within(packages.importMap) });
      const mounts = [{ source: options.deno, target: inside.deno, writable: false }];
      if (packages !== null) mounts.push({ source: packages.folder, target: inside.packages, writable: false });
      const jail = {
        // Deno reads its job from stdin: other descriptors are closed to it.
        command: ['/bin/sh', '-c', 'exec "$@" <&3 3<&- 4>&-', 'sh', ...limited, inside.deno, ...args],
        mounts,
        environment: environmentOf(packages === null ? noFolder : within(packages.denoDir)),
        workFolder: '/tmp',
        network,
        limits: { ...options.jailLimits, addressSpaceBytes: null },
      };
      return startJail(jail, host);
    },
  };
}
