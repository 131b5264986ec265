import { openSync, readdirSync, readFileSync } from 'node:fs';
import type { StdioOptions } from 'node:child_process';

const closeOnExec = 0o2000000;
const firstFree = 3;

let inherited: readonly number[] | null = null;
let nothing: number | null = null;

/**
 * Whoever has started this process may have left it open files, which every child inherits as well. A child with `stdio` gets /dev/null in their place.
 */
export function withoutInherited(stdio: Exclude<StdioOptions, string>): Exclude<StdioOptions, string> {
  inherited ??= findInherited();
  const whole = [...stdio];
  for (const descriptor of inherited.filter(candidate => candidate >= stdio.length)) {
    nothing ??= openSync('/dev/null', 'r');
    while (whole.length < descriptor) whole.push('ignore');
    whole[descriptor] = nothing;
  }
  return whole;
}

function findInherited(): number[] {
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter(descriptor => descriptor >= firstFree && isInheritable(descriptor))
    .sort((a, b) => a - b);
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // It was the listing itself.
    return false;
  }
}
