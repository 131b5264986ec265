import { assertNever } from '../../domain/assert-never.js';
import type { AssistantPart, ToolCall } from '../../domain/messages/content.js';
import type { FinishReason, ModelDelta, ModelResponse, ModelUsage } from '../../domain/model/language-model.js';
import { ModelError } from '../../domain/model/model-error.js';
import { truncatedStreamError } from './classify-transport-failure.js';
import { createContentAccumulator } from './content-accumulator.js';
import type { StreamPiece } from './stream-piece.js';
import { createToolCallAccumulator } from './tool-call-accumulator.js';
import type { ToolCallAccumulator } from './tool-call-accumulator.js';

export interface ResponseAccumulator {
  add(piece: StreamPiece): void;
  /** The complete response. Throws ModelError when the stream was cut or said nothing. */
  finish(): ModelResponse;
  /** What has arrived so far, for an aborted call. */
  cancelled(): ModelResponse;
}

/** Gathers the pieces of one response and tells `onDelta` of each as it comes, so that the joined deltas equal the response. */
export function createResponseAccumulator(provider: string, onDelta: (delta: ModelDelta) => void): ResponseAccumulator {
  const content = createContentAccumulator(onDelta);
  const calls = createToolCallAccumulator(onDelta);
  let finishReason: FinishReason | null = null;
  let usage: Partial<ModelUsage> = {};

  const add = (piece: StreamPiece): void => {
    switch (piece.type) {
      case 'text':
        return content.text(piece.text);
      case 'reasoning':
        return content.reasoning(piece.text);
      case 'reasoning_end':
        return content.endReasoning(piece.signature);
      case 'redacted_reasoning':
        return content.redacted(piece.data);
      case 'omitted_reasoning':
        return content.omitted();
      case 'summarized_reasoning':
        return content.summarized(piece);
      case 'tool_call':
        return calls.add(piece);
      case 'tool_call_end':
        return calls.end(piece.slot);
      case 'usage':
        usage = { ...usage, ...piece.usage };
        return;
      case 'finish':
        finishReason = piece.reason;
        return;
      default:
        return assertNever(piece);
    }
  };

  return {
    add,
    finish() {
      if (finishReason === null) throw truncatedStreamError(provider);
      const toolCalls = callsThatCount(finishReason, calls);
      assertNotEmpty(provider, finishReason, content.parts, toolCalls);
      const reason = finishReason === 'stop' && toolCalls.length > 0 ? 'tool_calls' : finishReason;
      return { content: content.parts, toolCalls, finishReason: reason, usage: fullUsage(usage) };
    },
    cancelled: () => ({ content: content.parts, toolCalls: calls.parseable(), finishReason: 'cancelled', usage: fullUsage(usage) }),
  };
}

/** Of a response that was cut off by the output limit, the whole calls count; of one that the provider has withdrawn, none. */
function callsThatCount(reason: FinishReason, calls: ToolCallAccumulator): readonly ToolCall[] {
  if (reason === 'content_filter') return [];
  return reason === 'length' ? calls.parseable() : calls.complete();
}

function assertNotEmpty(provider: string, reason: FinishReason, parts: readonly AssistantPart[], toolCalls: readonly ToolCall[]): void {
  const saysSomething = toolCalls.length > 0 || parts.some(part => part.type === 'text' && part.text.trim() !== '');
  if (saysSomething) return;
  if (reason === 'content_filter') {
    throw new ModelError({
      kind: 'llm_content_filter',
      message: `${provider}: the response was withheld by the provider's content filter`,
      retryable: false,
    });
  }
  // A response that ran into the output limit is cut off, not empty; the loop handles `length`.
  if (reason === 'length') return;
  throw new ModelError({
    kind: 'llm_empty_response',
    message: `${provider}: the response held neither text nor tool calls`,
    retryable: true,
  });
}

function fullUsage(usage: Partial<ModelUsage>): ModelUsage {
  const promptTokens = usage.promptTokens ?? 0;
  const completionTokens = usage.completionTokens ?? 0;
  return {
    promptTokens,
    completionTokens,
    totalTokens: usage.totalTokens ?? promptTokens + completionTokens,
    cachedInputTokens: usage.cachedInputTokens ?? null,
    cacheWriteTokens: usage.cacheWriteTokens ?? null,
    reasoningTokens: usage.reasoningTokens ?? null,
  };
}
