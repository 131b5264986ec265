import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const places = ['/usr/bin/setpriv', '/bin/setpriv', '/run/current-system/sw/bin/setpriv'];

let prefix: readonly string[] | null = null;

/** Put before a program that leads a group of its own, so that it does not outlive a kill of this process. Empty where the system has no such thing. */
export function diesWithParent(): readonly string[] {
  prefix ??= findPrefix();
  return prefix;
}

function findPrefix(): readonly string[] {
  const setpriv = places.find(isExecutable);
  if (setpriv === undefined) return [];
  const command = [setpriv, '--pdeathsig', 'KILL', '--'];
  // That of busybox knows no such option.
  const { status } = spawnSync(setpriv, [...command.slice(1), process.execPath, '--version'], { stdio: 'ignore' });
  return status === 0 ? command : [];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
