import type { ModelDelta, ModelResponse } from '../../domain/model/language-model.js';
import type { ModelError } from '../../domain/model/model-error.js';
import { createResponseAccumulator } from './response-accumulator.js';
import type { StreamPiece } from './stream-piece.js';

export interface StreamedCall<Event> {
  readonly provider: string;
  /** Opens the stream; aborts with `signal`. */
  readonly open: () => Promise<AsyncIterable<Event>>;
  readonly toPieces: (event: Event) => readonly StreamPiece[];
  readonly classify: (error: unknown) => ModelError;
  readonly onDelta: (delta: ModelDelta) => void;
  readonly signal: AbortSignal;
}

/** Reads a provider's stream to its end: the one loop of all adapters. An abort gives what has arrived. */
export async function streamResponse<Event>(call: StreamedCall<Event>): Promise<ModelResponse> {
  const accumulator = createResponseAccumulator(call.provider, call.onDelta);
  try {
    for await (const event of await call.open()) {
      if (call.signal.aborted) return accumulator.cancelled();
      for (const piece of call.toPieces(event)) accumulator.add(piece);
    }
  } catch (error) {
    if (call.signal.aborted) return accumulator.cancelled();
    throw call.classify(error);
  }
  return call.signal.aborted ? accumulator.cancelled() : accumulator.finish();
}
