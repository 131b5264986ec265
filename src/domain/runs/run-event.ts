import type { RunEnd } from '../agent-loop/loop-types.js';
import type { RunStatus } from '../agent-loop/stop-reason.js';
import type { Message } from '../messages/message.js';
import type { ModelDelta } from '../model/language-model.js';

/** Sums over a run's steps; null where no provider said. */
export interface RunUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly stepCount: number;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Tokens of the last request: how full the context is. */
  readonly contextTokens: number | null;
  /** USD; null where a model has no known price. Runs that ended before there were prices have none. */
  readonly cost?: number | null;
}

export interface DeltaPayload {
  readonly messageId: string;
  readonly stepId: string;
  /** Which of the wire messages of this stored message the piece belongs to: the index of its otid. */
  readonly partIndex: number;
  readonly delta: ModelDelta;
  /** A piece of a call that the client has to answer: it belongs to the request's message. */
  readonly awaitsAnswer?: true;
}

export interface EndPayload extends RunEnd {
  readonly status: RunStatus;
  readonly usage: RunUsage;
}

/** The older part of the context was replaced by a summary, which the next event tells. */
export interface CompactionPayload {
  readonly id: string;
  readonly stepId: string;
  readonly trigger: string;
  /** Before it, estimated. */
  readonly contextTokens: number | null;
  readonly contextWindow: number;
}

/**
 * What the log of a run holds, in order of `seq`. A `message` event takes up as many numbers as it may show wire messages; its `seq` is the last.
 * After `attempt_voided` the deltas of that message id count for nothing: the call goes on under a new id.
 */
export type RunEvent =
  | { readonly kind: 'delta'; readonly seq: number; readonly createdAt: string; readonly payload: DeltaPayload }
  | { readonly kind: 'attempt_voided'; readonly seq: number; readonly createdAt: string; readonly payload: { readonly messageId: string } }
  | {
      readonly kind: 'message';
      readonly seq: number;
      readonly createdAt: string;
      readonly span: number;
      readonly streamed: boolean;
      readonly message: Message;
    }
  | { readonly kind: 'compaction'; readonly seq: number; readonly createdAt: string; readonly payload: CompactionPayload }
  | { readonly kind: 'end'; readonly seq: number; readonly createdAt: string; readonly payload: EndPayload };
