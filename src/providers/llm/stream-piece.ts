import type { FinishReason, ModelUsage } from '../../domain/model/language-model.js';

/**
 * What a provider's stream event says, in no provider's terms. The pure `from-*-event` converters produce pieces, the accumulator turns them into
 * deltas and the response.
 */
export type StreamPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** Ends the current reasoning part; the next reasoning piece starts another. */
  | { readonly type: 'reasoning_end'; readonly signature: string | null }
  | { readonly type: 'redacted_reasoning'; readonly data: string }
  | { readonly type: 'omitted_reasoning' }
  /** A finished reasoning item of OpenAI Responses; its text has arrived as `reasoning` pieces and is replaced by this part. */
  | {
      readonly type: 'summarized_reasoning';
      readonly id: string;
      readonly summary: readonly string[];
      readonly encryptedContent: string | null;
    }
  /** `slot` is the provider's own key of the call within the response; null = the call that came last. */
  | {
      readonly type: 'tool_call';
      readonly slot: number | null;
      readonly id: string | null;
      readonly name: string | null;
      readonly argumentsDelta: string;
    }
  /** The arguments of this call are complete. */
  | { readonly type: 'tool_call_end'; readonly slot: number }
  | { readonly type: 'usage'; readonly usage: Partial<ModelUsage> }
  | { readonly type: 'finish'; readonly reason: FinishReason };
