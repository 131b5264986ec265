import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pidFile: string;
  /** The signal that asks it to stop in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Resolves true once it answers. */
  readonly isReady: () => Promise<boolean>;
  /** Before each start, the first included. */
  readonly prepare: () => Promise<void>;
  readonly onEvent: (text: string) => void;
}

export interface SupervisedProcess {
  stop(): Promise<void>;
}

const readyTimeoutMs = 60_000;
const pollMs = 25;
const restartPauseMs = 300;
const firstTries = 4;
const stopTimeoutMs = 10_000;
const keptOutput = 4000;

/** Starts a process and keeps it running until it is stopped. Rejects when the first start fails. */
export async function supervise(plan: ProcessPlan): Promise<SupervisedProcess> {
  let stopping = false;
  let current: RunningChild | null = null;

  const keepAlive = async (child: RunningChild): Promise<void> => {
    await child.exited;
    while (!stopping) {
      plan.onEvent(`${plan.name} has ended (${child.output().split('\n').at(-1) ?? ''}); it is started again`);
      await pause(restartPauseMs);
      if (isStopping()) return;
      try {
        current = await startChild(plan, isStopping);
        plan.onEvent(`${plan.name} is back`);
        await current.exited;
      } catch (error) {
        plan.onEvent(`${plan.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const isStopping = (): boolean => stopping;

  current = await startPatiently(plan, isStopping);
  const kept = keepAlive(current);
  return {
    async stop() {
      stopping = true;
      if (current !== null) await endChild(current.child, current.exited, plan.stopSignal);
      await kept;
      rmSync(plan.pidFile, { force: true });
    },
  };
}

interface RunningChild {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  readonly output: () => string;
}

/** What a killed server leaves behind may take a moment to go. */
async function startPatiently(plan: ProcessPlan, isStopping: () => boolean): Promise<RunningChild> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startChild(plan, isStopping);
    } catch (error) {
      if (tries >= firstTries) throw error;
      await pause(restartPauseMs);
    }
  }
}

async function startChild(plan: ProcessPlan, isStopping: () => boolean): Promise<RunningChild> {
  await plan.prepare();
  const child = spawn(plan.command, plan.args, { cwd: plan.cwd, env: { ...plan.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  let hasExited = false;
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-keptOutput);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<void>(resolve => {
    const end = (): void => {
      hasExited = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', error => {
      output += `\n${error.message}`;
      end();
    });
  });
  if (child.pid !== undefined) writeFileSync(plan.pidFile, `${child.pid}\n`);
  const running = { child, exited, output: () => output.trim() };
  const deadline = Date.now() + readyTimeoutMs;
  while (!(await plan.isReady())) {
    if (hasExited) throw new Error(`${plan.name} ended while it started: ${running.output().slice(-600)}`);
    if (isStopping()) return running;
    if (Date.now() > deadline) {
      await endChild(child, exited, 'SIGKILL');
      throw new Error(`${plan.name} did not answer within ${readyTimeoutMs / 1000} s: ${running.output().slice(-600)}`);
    }
    await pause(pollMs);
  }
  return running;
}

async function endChild(child: ChildProcess, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
