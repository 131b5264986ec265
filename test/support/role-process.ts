import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** A process of a cluster, from its start until its end. */
export interface RoleProcess {
  readonly child: ChildProcess;
  isRunning(): boolean;
  /** Ends it in order, or by force when it does not. */
  end(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  endAtOnce(): Promise<void>;
}

const readyMs = 60_000;
const endMs = 15_000;
const triesAgain = 20;
const pauseMs = 250;

/** Resolves when it says that it is ready, rejects when it ends before. */
export async function startRole(name: string, code: string, env: NodeJS.ProcessEnv): Promise<RoleProcess> {
  const child = spawn(process.execPath, ['--expose-gc', code, name], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start: ${output}`)), readyMs);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (process.env['CLUSTER_LOG'] !== undefined) process.stderr.write(`[${name}] ${chunk.toString()}`);
      if (!/is ready|worker ready/.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exited.then(code => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code ?? 'a signal'}: ${output}`));
    });
  });
  return {
    child,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async end() {
      // A stopped process would take no other signal.
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), endMs);
      await exited;
      clearTimeout(timer);
    },
    async endAtOnce() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** As whoever supervises a process does: one that finds its services still away ends, and is started once more. */
export async function startRoleAgain(name: string, code: string, env: NodeJS.ProcessEnv): Promise<RoleProcess> {
  for (let triesLeft = triesAgain; ; triesLeft -= 1) {
    try {
      return await startRole(name, code, env);
    } catch (error) {
      if (triesLeft === 0 || !String(error).includes('ended with')) throw error;
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
  }
}
