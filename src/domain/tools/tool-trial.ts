import type { CallFacts } from '../agent-loop/loop-types.js';
import type { SandboxNetwork } from '../sandbox/code-sandbox.js';
import type { ToolStatus } from '../messages/content.js';

/** One call of a tool, or of a source that is no tool yet, outside of any run. */
export interface TrialRequest {
  readonly args: Readonly<Record<string, unknown>>;
  /** Null = the tool that the trial names is run. */
  readonly source: TrialSource | null;
  readonly call: TrialCall;
}

/** How the call may be executed. */
export type TrialCall = Pick<CallFacts, 'toolName' | 'execution' | 'retryClass' | 'timeoutMs'>;

/** The code of a tool, or what is run in the place of one. */
export interface TrialSource {
  /** It is that of a tool; else a request's. */
  readonly isStored: boolean;
  /** python | typescript */
  readonly sourceType: string;
  readonly code: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly pipRequirements: readonly Readonly<Record<string, unknown>>[];
  readonly npmRequirements: readonly Readonly<Record<string, unknown>>[];
  /** Null = as far as the server allows. */
  readonly network: SandboxNetwork | null;
  /** In ms; null takes the setting. */
  readonly timeoutMs: number | null;
  /** Variables of the request, as a sealed JSON object; null = none. */
  readonly sealedEnvironment: string | null;
}

export interface TrialResult {
  readonly status: ToolStatus;
  /** JSON; its text, where it was longer than the tool's returns may be. */
  readonly value: unknown;
  readonly stdout: readonly string[] | null;
  readonly stderr: readonly string[] | null;
}
