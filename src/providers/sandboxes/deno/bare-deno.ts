import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import { withoutInherited } from '../bubblewrap/inherited-descriptors.js';
import { diesWithParent } from '../../processes/dies-with-parent.js';
import type { JailedProcess } from '../bubblewrap/start-jail.js';

/** What a run is told by and ended with, inside of bubblewrap or not. */
export type DenoProcess = Omit<JailedProcess, 'output'>;

/** Deno behind its own walls alone, for machines without bubblewrap. It starts no other programs. */
export function startBareDeno(command: readonly string[], environment: Readonly<Record<string, string>>): DenoProcess {
  const [program = 'deno', ...args] = [...diesWithParent(), ...command];
  const stdio = withoutInherited(['pipe', 'pipe', 'pipe']);
  const child = spawn(program, args, { env: { ...environment }, cwd: '/', stdio, detached: true });
  const { stdin: input, stdout, stderr } = child;
  if (input === null || stdout === null || stderr === null) throw new SandboxUnavailable(`${program} could not be started.`);
  input.on('error', () => undefined);
  let failure: Error | null = null;
  const ended = new Promise<{ readonly code: number | null }>(resolve => {
    child.once('error', error => {
      failure = error;
      if (child.pid === undefined) resolve({ code: null });
    });
    child.once('close', (code, signal) => resolve({ code: signal === null ? code : 128 + constants.signals[signal] }));
  });
  const started = child.pid === undefined ? ended.then(() => unstarted(program, failure)) : Promise.resolve(child.pid);
  started.catch(() => undefined);
  return { input, stdout, stderr, started, ended, kill: () => void child.kill('SIGKILL') };
}

function unstarted(program: string, failure: Error | null): never {
  throw new SandboxUnavailable(`${program} could not be started: ${failure?.message ?? 'it has said nothing'}`);
}
