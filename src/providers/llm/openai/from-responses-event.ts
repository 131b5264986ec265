import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { summarySeparator } from '../../../domain/messages/message-segments.js';
import type { StreamPiece } from '../stream-piece.js';

/** An error that came within the stream. */
export class ResponsesStreamError extends Error {
  override readonly name = 'ResponsesStreamError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The pieces of one event of a streamed response. Throws ResponsesStreamError for events that report a failure. */
export function fromResponsesEvent(event: ResponseStreamEvent): StreamPiece[] {
  switch (event.type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return [{ type: 'text', text: event.delta }];
    case 'response.reasoning_summary_text.delta':
      return [{ type: 'reasoning', text: event.delta }];
    case 'response.reasoning_summary_part.added':
      return event.summary_index === 0 ? [] : [{ type: 'reasoning', text: summarySeparator }];
    case 'response.output_item.added':
      if (event.item.type !== 'function_call') return [];
      return [{ type: 'tool_call', slot: event.output_index, id: event.item.call_id, name: event.item.name, argumentsDelta: '' }];
    case 'response.function_call_arguments.delta':
      return [{ type: 'tool_call', slot: event.output_index, id: null, name: null, argumentsDelta: event.delta }];
    case 'response.output_item.done':
      return fromFinishedItem(event);
    case 'response.completed':
    case 'response.incomplete':
      return fromEnd(event.response);
    case 'response.failed':
      throw new ResponsesStreamError(event.response.error?.code ?? 'server_error', event.response.error?.message ?? 'The response failed');
    case 'error':
      throw new ResponsesStreamError(event.code ?? 'server_error', event.message);
    default:
      return [];
  }
}

function fromFinishedItem({ item, output_index }: Extract<ResponseStreamEvent, { type: 'response.output_item.done' }>): StreamPiece[] {
  if (item.type === 'function_call') return [{ type: 'tool_call_end', slot: output_index }];
  if (item.type !== 'reasoning') return [];
  const summary = item.summary.map(entry => entry.text);
  return [{ type: 'summarized_reasoning', id: item.id, summary, encryptedContent: item.encrypted_content ?? null }];
}

function fromEnd(response: Response): StreamPiece[] {
  const reason = response.incomplete_details?.reason;
  const finish: StreamPiece = {
    type: 'finish',
    reason: reason === 'max_output_tokens' ? 'length' : reason === 'content_filter' ? 'content_filter' : 'stop',
  };
  if (!response.usage) return [finish];
  const { usage } = response;
  const counts = {
    promptTokens: usage.input_tokens,
    completionTokens: usage.output_tokens,
    totalTokens: usage.total_tokens,
    cachedInputTokens: usage.input_tokens_details?.cached_tokens ?? null,
    cacheWriteTokens: usage.input_tokens_details?.cache_write_tokens ?? null,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens ?? null,
  };
  return [{ type: 'usage', usage: counts }, finish];
}
