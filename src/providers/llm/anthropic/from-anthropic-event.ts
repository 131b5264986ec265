import type { MessageDeltaUsage, RawMessageStreamEvent, Usage } from '@anthropic-ai/sdk/resources/messages';
import type { FinishReason, ModelUsage } from '../../../domain/model/language-model.js';
import type { StreamPiece } from '../stream-piece.js';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/** Turns the events of one stream into pieces; it has to remember what kind of block is open and the counts of the input. */
export function createAnthropicEventReader(): (event: RawMessageStreamEvent) => StreamPiece[] {
  let openBlock: { readonly type: string; signature: string | null } | null = null;
  let input: Partial<ModelUsage> = {};
  return event => {
    switch (event.type) {
      case 'message_start':
        input = inputUsage(event.message.usage);
        return [{ type: 'usage', usage: input }];
      case 'content_block_start': {
        const block = event.content_block;
        openBlock = { type: block.type, signature: null };
        if (block.type === 'tool_use')
          return [{ type: 'tool_call', slot: event.index, id: block.id, name: block.name, argumentsDelta: '' }];
        if (block.type === 'text') return [{ type: 'text', text: block.text }];
        if (block.type === 'thinking') return [{ type: 'reasoning', text: block.thinking }];
        return block.type === 'redacted_thinking' ? [{ type: 'redacted_reasoning', data: block.data }] : [];
      }
      case 'content_block_delta':
        switch (event.delta.type) {
          case 'text_delta':
            return [{ type: 'text', text: event.delta.text }];
          case 'thinking_delta':
            return [{ type: 'reasoning', text: event.delta.thinking }];
          case 'input_json_delta':
            return [{ type: 'tool_call', slot: event.index, id: null, name: null, argumentsDelta: event.delta.partial_json }];
          case 'signature_delta':
            if (openBlock !== null) openBlock.signature = (openBlock.signature ?? '') + event.delta.signature;
            return [];
          default:
            return [];
        }
      case 'content_block_stop':
        if (openBlock?.type === 'thinking') return [{ type: 'reasoning_end', signature: openBlock.signature }];
        return openBlock?.type === 'tool_use' ? [{ type: 'tool_call_end', slot: event.index }] : [];
      case 'message_delta': {
        const usage: StreamPiece = { type: 'usage', usage: fullUsage(input, event.usage) };
        const reason = event.delta.stop_reason;
        return reason === null ? [usage] : [usage, { type: 'finish', reason: finishReasons[reason] ?? 'stop' }];
      }
      default:
        return [];
    }
  };
}

/** Anthropic counts cached input apart; here the input is all of it. */
function inputUsage(usage: Usage): Partial<ModelUsage> {
  const read = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  return { promptTokens: usage.input_tokens + read + written, cachedInputTokens: read, cacheWriteTokens: written };
}

function fullUsage(input: Partial<ModelUsage>, usage: MessageDeltaUsage): Partial<ModelUsage> {
  return {
    ...input,
    completionTokens: usage.output_tokens,
    totalTokens: (input.promptTokens ?? 0) + usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.thinking_tokens ?? null,
  };
}
