import type { ToolStatus } from '../messages/content.js';

export type SandboxLanguage = 'python' | 'typescript' | 'javascript' | 'r' | 'java';

/** What code in a sandbox may reach: nothing, the internet without private ranges, or whatever its host reaches. */
export type SandboxNetwork = 'none' | 'public' | 'host';

export interface CodePackage {
  readonly name: string;
  /** Exact; null = the newest. */
  readonly version: string | null;
}

/** A function of a source that is called with arguments by name. */
export interface FunctionRun {
  readonly kind: 'function';
  readonly functionName: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of the arguments in the order of the schema, for languages that know positions only. */
  readonly argOrder: readonly string[];
  /** Given to functions that take `agent_state`; null = there is no agent. */
  readonly agentState: Readonly<Record<string, unknown>> | null;
}

/** A source that is run from its beginning to its end, as in a notebook. */
export interface ScriptRun {
  readonly kind: 'script';
}

export interface SandboxRun {
  readonly language: SandboxLanguage;
  readonly source: string;
  readonly entry: FunctionRun | ScriptRun;
  /** All that the code sees of an environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly packages: readonly CodePackage[];
  readonly network: SandboxNetwork;
  /** Wall clock, in ms. */
  readonly timeoutMs: number;
  /** Nothing that one organization has left behind is seen by another one. */
  readonly organizationId: string;
  /** The idempotency key of the call: the code finds it as PERDURA_IDEMPOTENCY_KEY. */
  readonly key: string;
}

export interface SandboxOutcome {
  readonly status: ToolStatus;
  /** JSON; what went wrong, as V1 words it, where the status is `error`. */
  readonly value: unknown;
  readonly stdout: string;
  readonly stderr: string;
  /** The agent's state after the call, for functions that take it. */
  readonly agentState: Readonly<Record<string, unknown>> | null;
}

/**
 * Runs code that nobody trusts. What goes wrong in the code, its limits included, is an outcome of status `error`. Rejects with SandboxUnavailable when it
 * cannot run code here, and when `signal` aborts: only after all processes of the run are gone.
 */
export interface CodeSandbox {
  run(run: SandboxRun, signal: AbortSignal): Promise<SandboxOutcome>;
}

/** The message names the setting, or the program that is missing. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
}
