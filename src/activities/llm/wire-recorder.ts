import type { WireObserver } from '../../domain/model/language-model.js';
import type { ModelError } from '../../domain/model/model-error.js';
import { traceableJson } from '../../domain/traces/traceable-json.js';
import type { TraceLimits } from '../../domain/traces/traceable-json.js';
import type { WireTrace } from '../../repositories/provider-traces.repository.js';

export interface WireRecorder {
  /** Undefined when nothing is to be kept: then the adapter does no work for it. */
  readonly observer: WireObserver | undefined;
  /** What went over the wire. Null when nothing is to be kept or nothing was sent. */
  trace(failure?: ModelError): WireTrace | null;
}

/** Watches one model call. `limits` = null keeps nothing. */
export function createWireRecorder(limits: TraceLimits | null): WireRecorder {
  if (limits === null) return { observer: undefined, trace: () => null };
  let request: unknown = null;
  let response: unknown = null;
  return {
    observer: {
      sent(body) {
        request = body;
      },
      received(body) {
        response = body;
      },
    },
    trace(failure) {
      if (request === null) return null;
      const error = failure === undefined ? null : { type: failure.kind, message: failure.message, status: failure.status ?? null };
      return {
        request: traceableJson(request, limits),
        response: traceableJson(error === null ? (response ?? {}) : { error, received: response }, limits),
      };
    },
  };
}
