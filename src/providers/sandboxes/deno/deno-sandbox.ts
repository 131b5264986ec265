import { randomBytes } from 'node:crypto';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { CodeSandbox, SandboxOutcome, SandboxRun } from '../../../domain/sandbox/code-sandbox.js';
import { narrowed } from '../bubblewrap/network-policy.js';
import { toOutcome } from '../python/to-outcome.js';
import type { OutcomeLimits } from '../python/to-outcome.js';
import { createWarmInterpreters } from '../python/warm-interpreters.js';
import type { WarmInterpreters, WarmOptions } from '../python/warm-interpreters.js';
import type { DenoProcess } from './bare-deno.js';
import type { DenoHost } from './deno-host.js';
import { PackageError } from './npm-packages.js';
import type { NpmPackages, PreparedPackages } from './npm-packages.js';
import { runDenoJob } from './run-deno-job.js';

export interface DenoSandboxOptions {
  readonly outcomeLimits: OutcomeLimits;
  readonly packages: NpmPackages;
  readonly host: () => Promise<DenoHost>;
  readonly warm: WarmOptions;
}

export interface DenoSandbox extends CodeSandbox {
  /** Ends the processes that wait. */
  close(): Promise<void>;
}

interface Waiting {
  readonly deno: DenoProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<unknown>;
  kill(): void;
}

/** Runs JavaScript and TypeScript in Deno, a process for each run. */
export function createDenoSandbox(options: DenoSandboxOptions): DenoSandbox {
  const warm = createWarmInterpreters<Waiting>(options.warm);
  return {
    close: () => warm.close(),
    async run(run, signal) {
      signal.throwIfAborted();
      if (run.language !== 'typescript' && run.language !== 'javascript')
        throw new SandboxUnavailable(`Deno runs TypeScript and JavaScript, not ${run.language}.`);
      const refused = Object.keys(run.environment).find(name => !isPlain(name));
      if (refused !== undefined)
        return failed(run, `EnvironmentError: the variable ${refused} cannot be given to TypeScript and JavaScript: it would steer Deno`);
      try {
        const prepared = run.packages.length === 0 ? null : await options.packages.prepare(run.packages, signal);
        return await runPrepared({ ...options, warmed: warm, prepared }, run, signal);
      } catch (error) {
        if (error instanceof PackageError) return failed(run, `PackageError: ${error.message}`);
        throw error;
      }
    },
  };
}

interface PreparedRun extends DenoSandboxOptions {
  readonly warmed: WarmInterpreters<Waiting>;
  readonly prepared: PreparedPackages | null;
}

async function runPrepared({ warmed, prepared, ...options }: PreparedRun, run: SandboxRun, signal: AbortSignal): Promise<SandboxOutcome> {
  const { limits } = options.outcomeLimits;
  const host = await options.host();
  const network = narrowed(host.network, run.network);
  const environment = { ...run.environment, PERDURA_IDEMPOTENCY_KEY: run.key };
  const environmentNames = Object.keys(environment).sort();
  const kind = JSON.stringify([network, environmentNames, prepared?.folder]);
  const { deno } = warmed.take(kind, () => waitingOn(host.start({ packages: prepared, network, environmentNames })));
  const mark = `\n${randomBytes(16).toString('hex')}\n`;
  const finished = await runDenoJob(
    deno,
    { job: jobOf(run, environment, host.networkNotes[network]), mark, timeoutMs: run.timeoutMs, limits },
    signal,
  );
  signal.throwIfAborted();
  return toOutcome(run, finished, options.outcomeLimits);
}

/** It waits for its job on stdin. Deno does not say when it does: the next one is started when this one's run is over, so as not to take its time. */
function waitingOn(deno: DenoProcess): Waiting {
  const { ended } = deno;
  return { deno, ended, ready: ended.then(() => undefined), kill: () => deno.kill() };
}

function jobOf({ entry, source, language }: SandboxRun, environment: Readonly<Record<string, string>>, networkNote: string) {
  return {
    source,
    language,
    environment,
    functionName: entry.kind === 'function' ? entry.functionName : null,
    args:
      entry.kind === 'function' ? entry.argOrder.map(name => (Object.hasOwn(entry.args, name) ? { value: entry.args[name] } : null)) : [],
    networkNote,
  };
}

/** Deno itself looks at the others: for proxies, keys to write down, flags of V8. */
function isPlain(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(?:DENO_|NODE_|NPM_|LD_|SSL|OTEL_)|^(?:ALL|HTTP|HTTPS|NO)_PROXY$/i.test(name);
}

function failed(run: SandboxRun, reason: string): SandboxOutcome {
  const name = run.entry.kind === 'function' ? run.entry.functionName : 'run_code';
  return { status: 'error', value: `Error executing function ${name}: ${reason}`, stdout: '', stderr: '', agentState: null };
}
