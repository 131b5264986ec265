import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { FinishReason, ModelUsage } from '../../../domain/model/language-model.js';
import type { StreamPiece } from '../stream-piece.js';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  length: 'length',
  content_filter: 'content_filter',
};

/**
 * Reads the chunks of one chat completion. OpenAI's own reasoning models show nothing of their reasoning here: `hidesReasoning` notes it, once,
 * before the answer begins.
 */
export function createChatEventReader(hidesReasoning: boolean): (chunk: ChatCompletionChunk) => StreamPiece[] {
  let isNoted = !hidesReasoning;
  return chunk => {
    const pieces = fromChatEvent(chunk);
    const begins = pieces.some(piece => piece.type === 'text' || piece.type === 'tool_call' || piece.type === 'reasoning');
    if (isNoted || !begins) return pieces;
    isNoted = true;
    return pieces.some(piece => piece.type === 'reasoning') ? pieces : [{ type: 'omitted_reasoning' }, ...pieces];
  };
}

/** The pieces of one chunk of a chat completion. Compatible servers send reasoning as `reasoning_content` or `reasoning`. */
function fromChatEvent(chunk: ChatCompletionChunk): StreamPiece[] {
  const pieces: StreamPiece[] = [];
  const choice = chunk.choices[0];
  if (choice !== undefined) {
    const delta: Readonly<Record<string, unknown>> = { ...choice.delta };
    const reasoning = delta['reasoning_content'] ?? delta['reasoning'];
    if (typeof reasoning === 'string') pieces.push({ type: 'reasoning', text: reasoning });
    if (typeof choice.delta.content === 'string') pieces.push({ type: 'text', text: choice.delta.content });
    if (typeof choice.delta.refusal === 'string') pieces.push({ type: 'text', text: choice.delta.refusal });
    for (const call of choice.delta.tool_calls ?? []) {
      pieces.push({
        type: 'tool_call',
        slot: call.index ?? null,
        id: call.id ?? null,
        name: call.function?.name ?? null,
        argumentsDelta: call.function?.arguments ?? '',
      });
    }
    if (choice.finish_reason) pieces.push({ type: 'finish', reason: finishReasons[choice.finish_reason] ?? 'stop' });
  }
  if (chunk.usage) pieces.push({ type: 'usage', usage: toUsage(chunk.usage) });
  return pieces;
}

function toUsage(usage: NonNullable<ChatCompletionChunk['usage']>): Partial<ModelUsage> {
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    totalTokens: usage.total_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? null,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_write_tokens ?? null,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? null,
  };
}
