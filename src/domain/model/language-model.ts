import type { RunEnd } from '../agent-loop/loop-types.js';
import type { AssistantPart, ToolCall } from '../messages/content.js';
import type { ModelMessage } from '../messages/message.js';
import type { ModelConfig } from './model-config.js';

/** A tool as it is offered to the model. `parameters` is a JSON schema of type object. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice =
  { readonly type: 'auto' } | { readonly type: 'required' } | { readonly type: 'tool'; readonly name: string } | { readonly type: 'none' };

export interface ModelRequest {
  readonly config: ModelConfig;
  /** In context order; the first is the system message. Tool calls and returns are paired. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSchema[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** Stable id of the end user for the provider's abuse detection, or null. */
  readonly user: string | null;
}

/** One piece of a response as it streams in. Pieces of one kind and index are concatenated. */
export type ModelDelta =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'hidden_reasoning'; readonly state: 'redacted' | 'omitted'; readonly data: string | null }
  | { readonly type: 'text'; readonly text: string }
  /** `index` = position of the call within the response; id and name come with every piece, `argumentsDelta` may be empty. */
  | { readonly type: 'tool_call'; readonly index: number; readonly id: string; readonly name: string; readonly argumentsDelta: string };

/** Token counts of one call; null = the provider did not say. */
export interface ModelUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
}

export type FinishReason = 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'cancelled';

export interface ModelResponse {
  readonly content: readonly AssistantPart[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly usage: ModelUsage;
  /** Set when a budget's rest was the limit that cut the answer off: how the run ends then. */
  readonly budgetEnd?: RunEnd | null;
}

/** Sees a call as it is on the wire, without its headers. */
export interface WireObserver {
  /** The body of the request, as it goes out. */
  sent(body: unknown): void;
  /** The answer as far as it came, in the provider's own form with the pieces of its stream joined. */
  received(body: unknown): void;
}

/** What there is to count a prompt by: the model's own tokenizer, or what its provider makes of the whole. */
export type PromptCounting =
  { readonly kind: 'texts'; readonly count: (text: string) => number } | { readonly kind: 'prompt'; readonly tokens: number };

/**
 * The port to a model provider. Implementations stream always: `onDelta` is called synchronously, in order, and the concatenated deltas equal
 * the response's content. Throws ModelError for every provider failure. When `signal` aborts, the provider's connection is closed and the
 * promise resolves with what has arrived, `finishReason: 'cancelled'` (calls whose arguments are incomplete are left out).
 * It never retries by itself: the activity that calls it is retried by Temporal.
 */
export interface LanguageModel {
  /** The body that `complete` would send for the request; null for a model inside this server, to which nothing is sent. */
  requestBody(request: ModelRequest): Promise<unknown>;
  /** Null where nobody can tell but the answer itself. Throws ModelError when a provider that counts cannot be asked. */
  counting(request: ModelRequest, signal: AbortSignal): Promise<PromptCounting | null>;
  complete(
    request: ModelRequest,
    onDelta: (delta: ModelDelta) => void,
    signal: AbortSignal,
    observer?: WireObserver,
  ): Promise<ModelResponse>;
}

/** A model as `GET /v1/models` lists it. */
export interface ModelListing {
  readonly handle: string;
  readonly name: string;
  readonly displayName: string;
  readonly providerType: string;
  readonly providerName: string;
  readonly contextWindow: number;
}

export interface EmbeddingListing {
  readonly handle: string;
  readonly name: string;
  readonly displayName: string;
  readonly providerType: string;
  readonly providerName: string;
  readonly embeddingDim: number;
}

/** The port to an embedding provider: one vector for each text, in order, in one request as a rule. Throws ModelError. Behind Embedder, which is for use. */
export interface EmbeddingModel {
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}
