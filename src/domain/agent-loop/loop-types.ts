import type { LoopEffect } from '../tool-rules/loop-effect.js';
import type { StopReason } from './stop-reason.js';

/** Whether steps and tool calls run as child workflows or inside their conversation's workflow. */
export type StepIsolation = 'workflow' | 'inline';

/** How long activities may take, in ms, and how often. They come from the settings, with the run, so that a replay sees those that the run began with. */
export interface LoopTimeouts {
  readonly modelCallMs: number;
  /** After this silence an activity counts as lost with its worker. */
  readonly heartbeatMs: number;
  readonly tools: ToolLimits;
}

/** Of what has no tools. */
export type ModelTimeouts = Omit<LoopTimeouts, 'tools'>;

/** Of calls that are more than database work. */
export interface ToolLimits {
  /** How long a call for a sandbox may wait for a worker that has one. */
  readonly startMs: number;
  /** How long a tool that was told to end may take to do so. */
  readonly endMs: number;
  /** How often a call may be tried in all, where its retry class lets it run again. */
  readonly attempts: number;
}

/** How an agent's type shapes the one loop. */
export interface LoopTraits {
  /** The older types: a step must call a tool, and goes on only when the call or a rule asks for it. */
  readonly heartbeats: boolean;
}

/** What a conversation can be told to do beside answering messages. It waits in the same queue, so that nothing of it comes between the steps of a run. */
export type ConversationCommand = 'compact' | 'undo_compaction';

/** Everything the loop has to know of a run. Bodies stay in the database. */
export interface RunWork {
  readonly runId: string;
  /** Set when the row is a command on the conversation, which has no steps. */
  readonly command: ConversationCommand | null;
  readonly agentId: string;
  readonly conversationId: string;
  readonly isolation: StepIsolation;
  readonly maxSteps: number;
  /** The budget's limit of steps, which ends a run as failed. */
  readonly budgetSteps?: number | null;
  /** When the run's time is over, in ms since 1970, and how long that was. */
  readonly deadline?: { readonly at: number; readonly maxSeconds: number } | null;
  readonly traits: LoopTraits;
  readonly timeouts: LoopTimeouts;
  /** For Temporal's UI. */
  readonly modelHandle: string;
  /** For Temporal's UI: how many runs waited behind this one when it was claimed, and the highest accept number at that time. */
  readonly queue: { readonly length: number; readonly lastAcceptNo: number };
  /** Steps that an earlier execution of this run has committed, and whether the last of them ended it. */
  /** It answers an approval request whose calls have no returns yet. */
  readonly carriesAnswers: boolean;
  readonly stepsDone: number;
  readonly lastStop: RunEnd | null;
}

export interface RunError {
  /** V1's error_type of the stream's error event. */
  readonly type: string;
  readonly message: string;
  readonly detail: string | null;
  /** HTTP status for a blocking request. */
  readonly status: number;
  /** The provider would refuse each request that holds the run's input: all that the model has not answered leaves the context when the run ends. */
  readonly inputRefused?: true;
}

export interface RunEnd {
  readonly stopReason: StopReason;
  readonly error: RunError | null;
}

export interface StepInput {
  readonly runId: string;
  readonly agentId: string;
  readonly conversationId: string;
  /** From 1 in each run. */
  readonly number: number;
  readonly isLast: boolean;
  readonly isolation: StepIsolation;
  readonly traits: LoopTraits;
  readonly timeouts: LoopTimeouts;
  /** For Temporal's UI. */
  readonly modelHandle: string;
}

export type StepOutcome = { readonly kind: 'continue' } | { readonly kind: 'held' } | { readonly kind: 'stop'; readonly end: RunEnd };

/** A run that is held has not ended: it goes on after its last committed step when it is claimed again. */
export type LoopOutcome = Exclude<StepOutcome, { readonly kind: 'continue' }>;

/**
 * Temporal's view of a tool: how its call may be executed. `database` tools touch nothing but Postgres; `sandbox` tools run code that nobody trusts; `wait`
 * tools are timers, which hold no worker.
 */
export interface CallFacts {
  /** Position among the step's calls, from 0. Providers repeat call ids, so this is what tells calls apart. */
  readonly index: number;
  readonly toolName: string;
  readonly execution: 'database' | 'external' | 'sandbox' | 'wait';
  readonly retryClass: 'never' | 'on_interrupt' | 'always';
  readonly timeoutMs: number;
  readonly parallel: boolean;
  /** What the model asked for; null when its schema has no such argument. */
  readonly requestHeartbeat: boolean | null;
  /** What the tool's rules make of the loop once it has run. */
  readonly effect: LoopEffect;
  /** What the model is told when a rule forbids the call, which then does not run; null = it may run. */
  readonly violation: string | null;
  /** What the model is told when arguments that a rule prescribes do not fit the tool: the call does not run, and the run ends. */
  readonly invalidPrefill: string | null;
  /** The client has to allow the call, or to run it itself. */
  readonly needsApproval: boolean;
}

export interface ModelCallInput {
  readonly runId: string;
  readonly stepNumber: number;
  /** Of the call within the step, from 0. */
  readonly ordinal: number;
  /** False: the provider is asked even if the prompt seems too long, for an estimate is no verdict. */
  readonly checksWindow: boolean;
}

export type ModelOutcome =
  | {
      readonly kind: 'response';
      /** Of the call that was answered: an earlier execution of the step may have come further. */
      readonly ordinal: number;
      readonly finish: 'stop' | 'length' | 'content_filter' | 'cancelled';
      readonly calls: readonly CallFacts[];
      readonly overThreshold: boolean;
      /** Set when the rest of a budget cut the answer off. */
      readonly budgetEnd?: RunEnd | null;
      /** Tools that have to be called before the run may end and had not been before this step. */
      readonly uncalledRequired: readonly string[];
    }
  /** `isRefused` = by the provider; else the prompt only seems too long, and nobody was asked. */
  | { readonly kind: 'context-overflow'; readonly isRefused: boolean }
  /** The run was settled elsewhere: nothing may be added to it. */
  | { readonly kind: 'run-closed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly end: RunEnd };

/** The step whose response holds a call. */
export interface CallOrigin {
  readonly runId: string;
  readonly stepNumber: number;
}

export interface ToolCallInput {
  /** The run that carries the call out. */
  readonly runId: string;
  readonly stepNumber: number;
  readonly ordinal: number;
  readonly call: CallFacts;
  /** Set when the run carries out what another run has asked for. */
  readonly origin?: CallOrigin;
}

export interface SettleToolCallInput extends ToolCallInput {
  /** Set when no worker took the call: how long it has waited. A call that nobody has begun did nothing then. */
  readonly untakenMs?: number;
}

export interface AdvanceWaitInput extends ToolCallInput {
  /** Its time has passed by the workflow's clock. */
  readonly isDue: boolean;
}

export type WaitState =
  { readonly kind: 'ended'; readonly outcome: ToolCallOutcome } | { readonly kind: 'waiting'; readonly remainingMs: number };

export interface ToolCallOutcome {
  readonly index: number;
  readonly toolName: string;
  readonly status: 'success' | 'error' | 'cut-off';
  readonly cancelled: boolean;
}

export interface StepDecision {
  readonly continues: boolean;
  readonly end: RunEnd | null;
  /** Set when the model has to be told why it goes on: the reason that the hidden heartbeat message gives. */
  readonly heartbeatReason: string | null;
  /** Positions of the calls that wait for the client. The run ends with `requires_approval` then. */
  readonly awaits?: readonly number[];
}

export interface PersistStepInput {
  readonly runId: string;
  readonly stepNumber: number;
  /** The call whose response the step keeps; null when there is none. */
  readonly ordinal: number | null;
  readonly decision: StepDecision;
}

export interface PersistedStep {
  readonly cancelRequested: boolean;
  /** The agent is paused or sleeps: the run goes on later. */
  readonly held: boolean;
  readonly runOpen: boolean;
}

/** What a run has to do that answers an approval request. */
export type AnswerWork =
  /** The calls have their returns already, or the run has ended. */
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      readonly origin: CallOrigin;
      readonly ordinal: number;
      /** Those that were allowed, and those of the same response that needed no answer. */
      readonly calls: readonly CallFacts[];
      /** Some calls were denied, or answered by the client's own tools. */
      readonly hasOthers: boolean;
      /** As of the response. */
      readonly uncalledRequired: readonly string[];
      readonly cancelRequested: boolean;
    };

export interface PersistAnswerInput {
  readonly runId: string;
  readonly decision: StepDecision;
}

export interface SummarizeInput {
  readonly runId: string;
  readonly conversationId: string;
  /** Null when a command asks for it, between runs. */
  readonly stepNumber: number | null;
  /** Names the pass: `<step number>-<ordinal>`, or null as above. */
  readonly pass: string | null;
  readonly trigger: 'context_window_exceeded' | 'pre_call_context_check' | 'post_step_context_check' | 'manual';
  /** A pass of the same step has not made enough room. */
  readonly isPressing: boolean;
}

/** How far a pass has come; its answers are stored. */
export interface PassProgress {
  /** Stages that have failed. */
  readonly failedStages: number;
  /** What the pass goes by, so that all of its calls measure alike; null at the beginning of a stage. */
  readonly measure: PassMeasure | null;
}

export interface PassMeasure {
  /** Tokens of the agent's model for one that is estimated. */
  readonly ratio: number;
  /** What a request to summarize may carry, estimated. */
  readonly tokensPerCall: number;
}

export interface CompactContextInput extends SummarizeInput {
  readonly progress: PassProgress;
}

export type PassOutcome =
  | SummarizeOutcome
  /** There is more to ask. */
  | { readonly kind: 'continue'; readonly measure: PassMeasure }
  | { readonly kind: 'stage-failed'; readonly message: string }
  | { readonly kind: 'no-stage-left' };

export type SummarizeOutcome =
  | { readonly kind: 'compacted' }
  | { readonly kind: 'nothing-to-compact' }
  /** `end` = how the run has to end because of it, where that is not for the context's size. */
  | { readonly kind: 'failed'; readonly message: string; readonly end?: RunEnd };
