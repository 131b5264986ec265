import type { RunBudget } from '../budgets/budget.js';
import type { UserPart } from '../messages/content.js';
import type { CompactionChanges } from '../context-window/compaction-settings.js';
import type { ToolSchema } from '../model/language-model.js';
import type { PendingPolicy, RunAnswer } from '../approvals/approval-request.js';
import type { ConversationCommand, StepIsolation } from '../agent-loop/loop-types.js';

/** A message that came in with a request, as it will be stored when the run starts. */
export interface InputMessage {
  readonly id: string;
  readonly role: 'user' | 'system' | 'assistant';
  readonly content: readonly UserPart[];
  readonly otid: string;
  readonly name: string | null;
  readonly senderId: string | null;
  readonly groupId: string | null;
}

/** What changes the run itself; stored in `runs.options`. */
export interface RunOptions {
  readonly maxSteps: number;
  readonly overrideModel: string | null;
  readonly overrideSystem: string | null;
  /** The request's own limits; the agent's hold where it has none. */
  readonly budget?: RunBudget | null;
  /** Of a command to compact: what it does otherwise than the agent's settings. */
  readonly compaction?: CompactionChanges | null;
  /** Of a command to undo a compaction: its id. */
  readonly undoesCompaction?: string;
  /** What the client's own log calls the request, and its trace; each step notes them. */
  readonly requestLogId?: string | null;
  readonly traceId?: string | null;
  /** Tools that the client runs itself. They stand for this run alone and replace attached ones of the same name. */
  readonly clientTools: readonly ToolSchema[];
  /** What the client knows to do, told to the model for this run alone. */
  readonly clientSkills: readonly ClientSkill[];
}

/** Of a run that wants nothing of its own. */
export const noOptions: RunOptions = { maxSteps: 1, overrideModel: null, overrideSystem: null, clientTools: [], clientSkills: [] };

export interface ClientSkill {
  readonly name: string;
  readonly description: string;
  /** Path of the skill's file at the client. */
  readonly location: string;
}

/** How the answer is to be shown, whenever it is; stored in `runs.request_config`, of which V1's object of that name shows a part. */
export interface RequestConfig {
  readonly useAssistantMessage: boolean;
  readonly assistantMessageToolName: string;
  readonly assistantMessageToolKwarg: string;
  readonly includeReturnMessageTypes: readonly string[] | null;
  readonly includeCompactionMessages: boolean;
  /** Null = the request asked for no stream. */
  readonly streamTokens: boolean | null;
}

/** What a message meets while a run of its conversation is open. */
export const busyPolicies = ['enqueue', 'reject', 'interrupt', 'rollback'] as const;
export type BusyPolicy = (typeof busyPolicies)[number];

export interface RunRequest {
  readonly runId: string;
  /** Null = a run; else a command, which has no input. */
  readonly command: ConversationCommand | null;
  readonly organizationId: string;
  readonly agentId: string;
  /** Null = the agent's default conversation. */
  readonly conversationId: string | null;
  readonly input: readonly InputMessage[];
  /** Set when the request answers an approval request; `input` then follows the answers. */
  readonly answer: RunAnswer | null;
  readonly options: RunOptions;
  /** Null for a command, which shows nothing. */
  readonly requestConfig: RequestConfig | null;
  readonly isolation: StepIsolation;
  readonly background: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly callbackUrl: string | null;
  /** Null takes the agent's, and where the agent has none, that of the route. */
  readonly onBusy: BusyPolicy | null;
  readonly routeOnBusy: BusyPolicy;
  /** What happens while an approval is pending. Null takes the agent's. */
  readonly onPending: PendingPolicy | null;
  /** A streaming client is told of a refusal by a run that has failed. */
  readonly refusesAsRun: boolean;
  /** The first message's otid when the client chose it. */
  readonly clientOtid: string | null;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  /** The SDK says that it sent this request before. */
  readonly isRetry: boolean;
}

/** By what a request that is sent again is recognised, and where. */
export type RunRepeat = Pick<
  RunRequest,
  'organizationId' | 'agentId' | 'conversationId' | 'clientOtid' | 'idempotencyKey' | 'requestHash' | 'isRetry'
>;

export interface AcceptedRun {
  readonly runId: string;
  readonly conversationId: string;
  readonly agentType: string;
  /** The run that has to stop for this one. */
  readonly interruptsRunId: string | null;
  /** Its place among all runs of the conversation; null when it was accepted before. */
  readonly acceptNo: number | null;
  /** The agent sleeps, and may have to be woken. */
  readonly isAsleep: boolean;
  /** By which it will be answered. */
  readonly modelHandle: string | null;
}

export type AcceptResult =
  | ({ readonly kind: 'accepted' } & AcceptedRun)
  /** The request was seen before: its run answers this one too. */
  | ({ readonly kind: 'attached' } & AcceptedRun)
  | { readonly kind: 'busy'; readonly runId: string }
  /** An approval is pending, and this request does not answer it. */
  | { readonly kind: 'approval-pending'; readonly requestId: string }
  /** The request answers an approval, but none that is pending. */
  | { readonly kind: 'answer-refused'; readonly message: string }
  | { readonly kind: 'agent-not-found' }
  | { readonly kind: 'agent-terminated' }
  | { readonly kind: 'conversation-not-found'; readonly conversationId: string };
