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

/** Undefined when nobody watches: then nothing is joined either. Events that cannot be joined are told so: who watches breaks no call. */
export function watchWire<Event>(observer: WireObserver | undefined, createFold: () => WireFold<Event>): WireWatch<Event> | undefined {
  if (observer === undefined) return undefined;
  const fold = createFold();
  let failure: string | null = null;
  const guard = (work: () => void): void => {
    if (failure !== null) return;
    try {
      work();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  };
  return {
    add: event => guard(() => fold.add(event)),
    end() {
      guard(() => {
        const value = fold.value();
        if (value !== null) observer.received(value);
      });
      if (failure !== null) observer.received({ unreadable: failure });
    },
  };
}
