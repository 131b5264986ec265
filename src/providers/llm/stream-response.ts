import type { ModelDelta, ModelResponse } from '../../domain/model/language-model.js';
import { ModelError } from '../../domain/model/model-error.js';
import { createResponseAccumulator } from './response-accumulator.js';
import type { StreamPiece } from './stream-piece.js';
import type { WireWatch } from './wire-watch.js';

export interface StreamedCall<Event> {
  readonly provider: string;
  /** Opens the stream; its connection closes when the signal aborts. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>;
  readonly toPieces: (event: Event) => readonly StreamPiece[];
  readonly classify: (error: unknown) => ModelError;
  readonly onDelta: (delta: ModelDelta) => void;
  /** The caller's wish to stop. */
  readonly signal: AbortSignal;
  /** For the whole call: the SDKs' own time limits end with the answer's headers, and a stream may stall after them. */
  readonly timeoutMs: number;
  /** Joins the events for whoever watches the wire. */
  readonly watch?: WireWatch<Event> | undefined;
}

/** Reads a provider's stream to its end: the one loop of all adapters. An abort gives what has arrived. */
export async function streamResponse<Event>(call: StreamedCall<Event>): Promise<ModelResponse> {
  const accumulator = createResponseAccumulator(call.provider, call.onDelta);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), call.timeoutMs);
  const signal = AbortSignal.any([call.signal, deadline.signal]);
  try {
    for await (const event of await call.open(signal)) {
      // Leaving the loop closes the connection.
      if (signal.aborted) break;
      call.watch?.add(event);
      for (const piece of call.toPieces(event)) accumulator.add(piece);
    }
  } catch (error) {
    if (!signal.aborted) throw call.classify(error);
  } finally {
    clearTimeout(timer);
    call.watch?.end();
  }
  if (call.signal.aborted) return accumulator.cancelled();
  if (deadline.signal.aborted) throw timeoutError(call);
  return accumulator.finish();
}

function timeoutError({ provider, timeoutMs }: Pick<StreamedCall<unknown>, 'provider' | 'timeoutMs'>): ModelError {
  return new ModelError({
    kind: 'llm_timeout',
    message: `${provider}: the response was not complete after ${timeoutMs} ms`,
    retryable: true,
  });
}
