import { readFileSync } from 'node:fs';
import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';
import { notPublic } from '../bubblewrap/refused-addresses.js';

export interface DenoFlags {
  /** The program that runs the code of the request, as a file of this server. */
  readonly runnerFile: string;
  /** Of the heap of V8. What lies outside of it, such as buffers, is bounded by whoever starts the process. */
  readonly heapBytes: number;
  readonly network: SandboxNetwork;
  /** Names that the code may read and write. */
  readonly environmentNames: readonly string[];
  /** Where the names of npm packages lead; null = there are no packages. */
  readonly importMap: string | null;
}

/**
 * Second to the filter of the namespace, which has no IPv6: Deno knows no ranges of it. Deno judges the addresses that a name resolves to, and IPv4 that is
 * mapped into IPv6.
 */
const refused = [...notPublic, '[::]', '[::1]'].join(',');

/** The arguments of deno for one run: no permission but those for what the run is given, and no question for more. */
export function denoArguments(flags: DenoFlags): string[] {
  const { importMap, environmentNames } = flags;
  return [
    'run',
    '--quiet',
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--cached-only',
    '--no-code-cache',
    '--node-modules-dir=none',
    ...(importMap === null ? ['--no-npm'] : [`--import-map=${importMap}`]),
    ...networkFlags(flags.network),
    ...(environmentNames.length === 0 ? [] : [`--allow-env=${environmentNames.join(',')}`]),
    // Packages look at variables all the time: what is not given is not there, instead of an error.
    '--ignore-env',
    `--v8-flags=--max-old-space-size=${Math.max(16, Math.floor(flags.heapBytes / 1_048_576))}`,
    // As an address, so that no file of the host has to be readable: what the main module imports needs no permission.
    `data:text/javascript,${encodeURIComponent(readFileSync(flags.runnerFile, 'utf8'))}`,
  ];
}

function networkFlags(network: SandboxNetwork): string[] {
  if (network === 'none') return [];
  return network === 'host' ? ['--allow-net'] : ['--allow-net', `--deny-net=${refused}`];
}
