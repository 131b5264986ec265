import { constants } from 'node:os';
import { z } from 'zod';
import { assertNever } from '../../../domain/assert-never.js';
import type { SandboxOutcome, SandboxRun } from '../../../domain/sandbox/code-sandbox.js';
import type { JailLimits } from '../bubblewrap/jail.js';
import type { FinishedJob, InterpreterLimits, JobEnd } from './interpreter.js';

const resultFrame = z.object({
  type: z.literal('result'),
  status: z.enum(['success', 'error']),
  value: z.unknown(),
  agentState: z.record(z.string(), z.unknown()).nullable().catch(null),
});

export interface OutcomeLimits {
  readonly jailLimits: JailLimits;
  readonly limits: InterpreterLimits;
}

/** What the model and the API are told of a job. Of what its processes have written nothing is believed but its form. */
export function toOutcome(run: SandboxRun, { end, stdout, stderr }: FinishedJob, limits: OutcomeLimits): SandboxOutcome {
  if (end.kind === 'result') {
    const frame = resultFrame.safeParse(end.frame);
    if (frame.success)
      return { status: frame.data.status, value: frame.data.value ?? null, stdout, stderr, agentState: frame.data.agentState };
    return failed(run, { kind: 'broken', reason: 'it has no known form' }, { stdout, stderr }, limits);
  }
  return failed(run, end, { stdout, stderr }, limits);
}

export function refusedPackages(run: SandboxRun, reason: string): SandboxOutcome {
  const value = `Error executing function ${nameOf(run)}: PackageError: ${reason}`;
  return { status: 'error', value, stdout: '', stderr: '', agentState: null };
}

function nameOf({ entry }: SandboxRun): string {
  return entry.kind === 'function' ? entry.functionName : 'run_code';
}

function failed(run: SandboxRun, end: JobEnd, { stdout, stderr }: Omit<FinishedJob, 'end'>, limits: OutcomeLimits): SandboxOutcome {
  const name = nameOf(run);
  const value = `Error executing function ${name}: ${reasonOf(name, run, end, limits)}`;
  return { status: 'error', value, stdout, stderr, agentState: null };
}

function reasonOf(name: string, { timeoutMs }: SandboxRun, end: JobEnd, { jailLimits, limits }: OutcomeLimits): string {
  switch (end.kind) {
    case 'timeout':
      // As Python writes a float.
      return `TimeoutError: Executing ${name} timed out after ${seconds(timeoutMs)} seconds.`;
    case 'memory':
      return `MemoryError: its processes held more than ${jailLimits.memoryBytes} bytes together`;
    case 'flood':
      return `OutputError: it wrote far more than the ${limits.outputBytes} bytes of output that are kept`;
    case 'broken':
      return `ResultError: its result cannot be read: ${end.reason}`;
    case 'ended':
      return endedBy(end.code, jailLimits);
    case 'aborted':
    case 'result':
      return 'it was stopped';
    default:
      return assertNever(end);
  }
}

function seconds(ms: number): string {
  return Number.isInteger(ms / 1000) ? `${ms / 1000}.0` : String(ms / 1000);
}

const { SIGXCPU, SIGKILL } = constants.signals;

function endedBy(code: number | null, { cpuSeconds }: JailLimits): string {
  if (code === 128 + SIGXCPU) return `TimeoutError: it used more than ${cpuSeconds} seconds of processor time`;
  if (code === 128 + SIGKILL) return 'ProcessError: its process was killed, for want of memory or by its own doing';
  return `ProcessError: its process ended with ${code ?? 'a signal'} before there was a result`;
}
