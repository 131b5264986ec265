import { keepBeginning } from '../bubblewrap/bounded-text.js';
import { watchMemory } from '../bubblewrap/memory-watch.js';
import type { JailedProcess } from '../bubblewrap/start-jail.js';
import { FrameError, readFrames, writeFrame } from './frames.js';

export interface InterpreterLimits {
  readonly memoryBytes: number;
  /** Of stdout and of stderr, each. */
  readonly outputBytes: number;
  readonly resultBytes: number;
}

/** Why a job is over. All but `result` have taken the processes with them by force. */
export type JobEnd =
  | { readonly kind: 'result'; readonly frame: unknown }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'flood' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'ended'; readonly code: number | null };

export interface FinishedJob {
  readonly end: JobEnd;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Python that waits for its one job. */
export interface Interpreter {
  /** Resolves once it waits. Rejects with SandboxUnavailable when it will not. */
  readonly ready: Promise<void>;
  /** Resolves when all its processes are gone. To be called once. */
  run(job: unknown, timeoutMs: number, signal: AbortSignal): Promise<FinishedJob>;
  readonly ended: Promise<unknown>;
  kill(): void;
}

export function createInterpreter(jailed: JailedProcess, limits: InterpreterLimits): Interpreter {
  const frames = readFrames(jailed.output, limits.resultBytes + frameRoom);
  const over = createEnd(jailed);
  const onFlood = (): void => over.set({ kind: 'flood' });
  const stdout = keepBeginning(jailed.stdout, limits.outputBytes, onFlood);
  const stderr = keepBeginning(jailed.stderr, limits.outputBytes, onFlood);
  const ready = jailed.started.then(async () => {
    await frames.next();
  });
  ready.catch(() => undefined);
  return {
    ready,
    ended: jailed.ended,
    kill: () => jailed.kill(),
    async run(job, timeoutMs, signal) {
      const timer = setTimeout(() => over.set({ kind: 'timeout' }), timeoutMs);
      const onAbort = (): void => over.set({ kind: 'aborted' });
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      let watch: { stop(): void } | null = null;
      try {
        const pid = await jailed.started;
        watch = watchMemory(pid, limits.memoryBytes, () => over.set({ kind: 'memory' }));
        writeFrame(jailed.input, job);
        void readResult(frames).then(end => {
          if (end !== null) over.set(end);
        });
      } catch (error) {
        jailed.kill();
        if ((await over.reached).kind === 'ended') throw error;
      } finally {
        await jailed.ended;
        watch?.stop();
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      }
      return { end: await over.reached, stdout: stdout.text(), stderr: stderr.text() };
    },
  };
}

/** What stands in a frame beside the result. */
const frameRoom = 1000;

/** The first reason counts; it takes all processes along. */
function createEnd(jailed: JailedProcess) {
  let first: JobEnd | null = null;
  const reached = jailed.ended.then(({ code }): JobEnd => first ?? { kind: 'ended', code });
  return {
    /** When no process is left, and their output has been read. */
    reached,
    set(end: JobEnd) {
      first ??= end;
      jailed.kill();
    },
  };
}

/** The second frame; the first has said that it waits. Null when there is none: the end of the processes tells why. */
async function readResult(frames: AsyncGenerator<unknown, undefined>): Promise<JobEnd | null> {
  try {
    const next = await frames.next();
    return next.done === true ? null : { kind: 'result', frame: next.value };
  } catch (error) {
    return error instanceof FrameError ? { kind: 'broken', reason: error.message } : null;
  }
}
