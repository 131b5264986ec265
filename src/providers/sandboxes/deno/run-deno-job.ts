import { constants } from 'node:os';
import { keepBeginning } from '../bubblewrap/bounded-text.js';
import { watchMemory } from '../bubblewrap/memory-watch.js';
import type { FinishedJob, InterpreterLimits, JobEnd } from '../python/interpreter.js';
import type { DenoProcess } from './bare-deno.js';
import { readMarked } from './marked-output.js';
import type { MarkedOutput } from './marked-output.js';

export interface DenoJobOptions {
  readonly job: object;
  readonly mark: string;
  readonly timeoutMs: number;
  readonly limits: InterpreterLimits;
}

/** Gives a started Deno its one job. Resolves when its process is gone. */
export async function runDenoJob(deno: DenoProcess, options: DenoJobOptions, signal: AbortSignal): Promise<FinishedJob> {
  const { limits, mark } = options;
  let forced: JobEnd | null = null;
  const end = (reason: JobEnd): void => {
    forced ??= reason;
    deno.kill();
  };
  const onFlood = (): void => end({ kind: 'flood' });
  const stdout = readMarked(deno.stdout, { mark, printedBytes: limits.outputBytes, resultBytes: limits.resultBytes, onFlood });
  const stderr = keepBeginning(deno.stderr, limits.outputBytes, onFlood);
  const onAbort = (): void => end({ kind: 'aborted' });
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const timer = setTimeout(() => end({ kind: 'timeout' }), options.timeoutMs);
  try {
    const watch = watchMemory(await deno.started, limits.memoryBytes, () => end({ kind: 'memory' }));
    deno.input.end(JSON.stringify({ ...options.job, mark }));
    const { code } = await deno.ended.finally(() => watch.stop());
    const reached = forced ?? toEnd(stdout.result(), code, stderr.text(), limits);
    return { end: reached, stdout: stdout.printed(), stderr: withoutCrash(stderr.text()) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Where V8 tells what it has crashed of, and the addresses of its own code. */
const crash = /\n*(?:#\n# Fatal|<--- Last few GCs --->|# Fatal JavaScript)[\s\S]*$/;

function withoutCrash(stderr: string): string {
  return stderr.replace(crash, '\n');
}

const { SIGTRAP, SIGABRT } = constants.signals;

function toEnd(result: ReturnType<MarkedOutput['result']>, code: number | null, stderr: string, limits: InterpreterLimits): JobEnd {
  if (result !== null) return toResult(result, limits);
  const isCrash = code === 128 + SIGTRAP || code === 128 + SIGABRT;
  return isCrash && /out of memory/i.test(stderr) ? { kind: 'memory' } : { kind: 'ended', code };
}

function toResult({ text, isWhole }: NonNullable<ReturnType<MarkedOutput['result']>>, { resultBytes }: InterpreterLimits): JobEnd {
  if (!isWhole) return { kind: 'broken', reason: `it is longer than ${resultBytes} bytes` };
  try {
    return { kind: 'result', frame: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'broken', reason: 'it is no JSON' };
  }
}
