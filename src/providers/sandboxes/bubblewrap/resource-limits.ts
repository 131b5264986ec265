import type { JailLimits } from './jail.js';

/** The command under limits of the kernel, which hold for each process by itself and which it cannot raise. */
export function underLimits(command: readonly string[], limits: JailLimits): string[] {
  const { addressSpaceBytes, processes, cpuSeconds, openFiles, diskBytes } = limits;
  return [
    'prlimit',
    ...(addressSpaceBytes === null ? [] : [`--as=${addressSpaceBytes}`]),
    // A second between the signal that tells of it and the one that ends it.
    `--cpu=${cpuSeconds}:${cpuSeconds + 1}`,
    `--nproc=${processes}`,
    `--nofile=${openFiles}`,
    `--fsize=${diskBytes}`,
    '--core=0',
    '--memlock=65536',
    '--msgqueue=65536',
    '--',
    ...command,
  ];
}
