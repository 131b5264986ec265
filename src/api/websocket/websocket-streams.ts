import { RequestError } from '../../domain/errors.js';
import type { OpenedStream } from './websocket-operations.js';
import type { WebsocketSender } from './websocket-sender.js';

export interface WebsocketStreamsDeps {
  readonly sender: WebsocketSender;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
  readonly maxSubscriptions: number;
  readonly fail: (id: string | null, error: unknown) => Promise<void>;
}

/** The streams that one client reads side by side, each under the id that the client chose. */
export interface WebsocketStreams {
  open(id: string, opening: () => Promise<OpenedStream>): Promise<void>;
  stop(id: string): void;
  /** Resolves when all have ended; they do when the client has gone. */
  ended(): Promise<void>;
}

export function createWebsocketStreams({ sender, gone, maxSubscriptions, fail }: WebsocketStreamsDeps): WebsocketStreams {
  const open = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();

  const pump = async (id: string, stream: OpenedStream, subscription: AbortController): Promise<void> => {
    const items = stream.items(AbortSignal.any([gone, subscription.signal]));
    let next = await items.next();
    for (; next.done !== true; next = await items.next()) await sender.send({ id, event: next.value.data });
    open.delete(id);
    await sender.send({ id, done: next.value });
    if (next.value && !gone.aborted) stream.onAnswered();
  };

  return {
    async open(id, opening) {
      if (open.has(id)) throw new RequestError('conflict', `The id ${id} is in use on this connection`);
      if (open.size >= maxSubscriptions) {
        throw new RequestError('too-many', `A connection follows at most ${maxSubscriptions} runs at once`);
      }
      const stream = await opening();
      const subscription = new AbortController();
      open.set(id, subscription);
      await sender.send({ id, accepted: { run_id: stream.runId } });
      const pumping = pump(id, stream, subscription)
        .catch((error: unknown) => {
          open.delete(id);
          return fail(id, error);
        })
        .finally(() => running.delete(pumping));
      running.add(pumping);
    },

    stop(id) {
      const subscription = open.get(id);
      if (subscription === undefined) throw new RequestError('not-found', `Nothing is followed under the id ${id}`);
      subscription.abort();
    },

    async ended() {
      await Promise.all(running);
    },
  };
}
