import { readdirSync, readFileSync } from 'node:fs';

/** Whether there is a process of this machine, in a sandbox or not, that was started with this argument. */
export function isRunningWith(argument: string): boolean {
  return readdirSync('/proc').some(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0${argument}\0`);
    } catch {
      return false;
    }
  });
}

/** Python that starts a process with this argument and then waits for ever. */
export function startsAndWaits(argument: string): string {
  return `import subprocess, time\nsubprocess.Popen(["python3", "-c", "import time; time.sleep(300)", "${argument}"])\ntime.sleep(300)`;
}
