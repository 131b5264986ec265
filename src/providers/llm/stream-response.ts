import type { ModelDelta, ModelResponse } from '../../domain/model/language-model.js';
import { ModelError } from '../../domain/model/model-error.js';
import { createResponseAccumulator } from './response-accumulator.js';
import type { StreamPiece } from './stream-piece.js';
import type { WireWatch } from './wire-watch.js';

/** In ms. The SDKs' own limits end with the answer's headers, and a stream may stall after them. */
export interface CallLimits {
  /** For the whole call. */
  readonly timeoutMs: number;
  /** For each silence: before the first event and between two. */
  readonly idleTimeoutMs: number;
}

export interface StreamedCall<Event> {
  readonly provider: string;
  /** Opens the stream; its connection closes when the signal aborts. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>;
  readonly toPieces: (event: Event) => readonly StreamPiece[];
  readonly classify: (error: unknown) => ModelError;
  readonly onDelta: (delta: ModelDelta) => void;
  /** The caller's wish to stop. */
  readonly signal: AbortSignal;
  readonly limits: CallLimits;
  /** Joins the events for whoever watches the wire. */
  readonly watch?: WireWatch<Event> | undefined;
}

/** Reads a provider's stream to its end: the one loop of all adapters. An abort gives what has arrived. */
export async function streamResponse<Event>(call: StreamedCall<Event>): Promise<ModelResponse> {
  const accumulator = createResponseAccumulator(call.provider, call.onDelta);
  const limit = startLimit(call.limits);
  const signal = AbortSignal.any([call.signal, limit.signal]);
  try {
    for await (const event of await call.open(signal)) {
      // Leaving the loop closes the connection.
      if (signal.aborted) break;
      limit.sawEvent();
      call.watch?.add(event);
      for (const piece of readEvent(call, event)) accumulator.add(piece);
    }
  } catch (error) {
    if (!signal.aborted) throw call.classify(error);
  } finally {
    limit.stop();
    call.watch?.end();
  }
  if (call.signal.aborted) return accumulator.cancelled();
  if (limit.signal.aborted) {
    throw new ModelError({ kind: 'llm_timeout', message: `${call.provider}: ${String(limit.signal.reason)}`, retryable: true });
  }
  return accumulator.finish();
}

/** JSON that is no event of the protocol makes its converter stumble. */
function readEvent<Event>({ provider, toPieces }: StreamedCall<Event>, event: Event): readonly StreamPiece[] {
  try {
    return toPieces(event);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${provider}: an event of the stream is not of its form (${error.message})`;
    throw new ModelError({ kind: 'llm_invalid_response', message, retryable: true });
  }
}

interface TimeLimit {
  /** Aborts, with the limit that was passed as its reason, when the call takes too long. */
  readonly signal: AbortSignal;
  sawEvent(): void;
  stop(): void;
}

function startLimit({ timeoutMs, idleTimeoutMs }: CallLimits): TimeLimit {
  const controller = new AbortController();
  const whole = setTimeout(() => controller.abort(`the response was not complete after ${timeoutMs} ms`), timeoutMs);
  const silence = setTimeout(() => controller.abort(`nothing came for ${idleTimeoutMs} ms`), idleTimeoutMs);
  return {
    signal: controller.signal,
    sawEvent: () => void silence.refresh(),
    stop() {
      clearTimeout(whole);
      clearTimeout(silence);
    },
  };
}
