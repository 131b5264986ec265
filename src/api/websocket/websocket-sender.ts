import type { WebSocket } from 'ws';

export interface SenderLimits {
  /** How often a connection is asked whether it lives; without an answer until the next time it is ended. */
  readonly pingMs: number;
  /** How long a client may leave what it was sent unread before it is let go. */
  readonly stallMs: number;
}

export interface WebsocketSender {
  /** Resolves when the network has taken the message, or the connection has gone: who waits for it piles up nothing for a slow client. */
  send(message: Readonly<Record<string, unknown>>): Promise<void>;
  close(): void;
}

/** Sends to one client, and lets it go when it reads nothing for too long or does not answer pings. */
export function createWebsocketSender(socket: WebSocket, { pingMs, stallMs }: SenderLimits): WebsocketSender {
  let isAlive = true;
  const live = (): void => {
    isAlive = true;
  };
  socket.on('pong', live);
  socket.on('message', live);
  const pings = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, pingMs);
  return {
    send: message =>
      new Promise(resolve => {
        const stalled = setTimeout(() => socket.terminate(), stallMs);
        socket.send(JSON.stringify(message), () => {
          clearTimeout(stalled);
          live();
          resolve();
        });
      }),
    close: () => clearInterval(pings),
  };
}
