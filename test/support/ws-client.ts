import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { WireData } from './read-sse.js';

/** A message of the server. */
export interface WsMessage {
  readonly id: string | null;
  readonly accepted?: { readonly run_id: string };
  readonly event?: WireData;
  readonly done?: boolean;
  readonly error?: { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
}

export interface WsClient {
  readonly socket: WebSocket;
  /** All that has come so far. */
  readonly messages: readonly WsMessage[];
  say(message: unknown): void;
  /** The first message for which the condition holds, now or later. Rejects when the connection closes before. */
  until(holds: (message: WsMessage) => boolean): Promise<WsMessage>;
  /** The messages of an id up to the one that ends them. */
  answerTo(id: string): Promise<readonly WsMessage[]>;
  /** Resolves with the code of closing. */
  readonly closed: Promise<number>;
}

/** Rejects with the status when the server refuses. */
export async function openWs(url: string, options: ClientOptions = {}): Promise<WsClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  const messages: WsMessage[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as WsMessage);
    wake();
  });
  const closed = new Promise<number>(resolve => {
    socket.once('close', code => {
      isClosed = true;
      wake();
      resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const until = (holds: (message: WsMessage) => boolean): Promise<WsMessage> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = messages.find(holds);
        if (found === undefined && !isClosed) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`The connection closed: ${JSON.stringify(messages.at(-1))}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    socket,
    messages,
    closed,
    say: message => socket.send(JSON.stringify(message)),
    until,
    async answerTo(id) {
      await until(message => message.id === id && (message.done !== undefined || message.error !== undefined));
      return messages.filter(message => message.id === id);
    },
  };
}

/** What a reader of the stream has seen: the events alone. */
export function eventsOf(messages: readonly WsMessage[]): WireData[] {
  return messages.flatMap(({ event }) => (event === undefined ? [] : [event]));
}
