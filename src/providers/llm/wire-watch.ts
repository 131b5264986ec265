import type { WireObserver } from '../../domain/model/language-model.js';

/** Joins the events of a stream to the answer that the provider would have given in one piece. */
export interface WireFold<Event> {
  add(event: Event): void;
  /** Null before anything has come. */
  value(): unknown;
}

export interface WireWatch<Event> {
  add(event: Event): void;
  end(): void;
}

/** Undefined when nobody watches: then nothing is joined either. */
export function watchWire<Event>(observer: WireObserver | undefined, createFold: () => WireFold<Event>): WireWatch<Event> | undefined {
  if (observer === undefined) return undefined;
  const fold = createFold();
  return {
    add: event => fold.add(event),
    end() {
      const value = fold.value();
      if (value !== null) observer.received(value);
    },
  };
}
