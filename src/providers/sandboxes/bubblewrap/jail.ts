import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';

/** A folder or file of the host that is seen inside. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export interface JailLimits {
  /** Of one process; null = none, for programs that reserve far more than they use. */
  readonly addressSpaceBytes: number | null;
  /** That all processes together hold. */
  readonly memoryBytes: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** Of one process. */
  readonly cpuSeconds: number;
  readonly openFiles: number;
  /** Of /tmp, and so of the largest file in it. */
  readonly diskBytes: number;
}

/** One program behind walls: nothing of the host but what is named here. */
export interface Jail {
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  /** All of it: the host's is not passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workFolder: string;
  readonly network: SandboxNetwork;
  /** Addresses that a public network leads to though they are private. */
  readonly reachable?: readonly string[];
  readonly limits: JailLimits;
}
