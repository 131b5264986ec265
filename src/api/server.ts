import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './create-app.js';
import type { AppOptions } from './create-app.js';
import { acceptWebsockets, isWebsocketRequest } from './websocket/accept-websockets.js';
import type { WebsocketOptions } from './websocket/accept-websockets.js';

export interface ApiServerOptions extends Omit<AppOptions, 'readiness'> {
  readonly websockets: WebsocketOptions;
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** How long open requests may go on after `close`, in ms. */
  readonly drainMs: number;
}

export interface ApiServer {
  readonly port: number;
  /** From now on requests are served; before, they are answered with 503. */
  setReady(): void;
  /** Takes no new requests, lets the open ones end within the drain time, and resolves. */
  close(): Promise<void>;
}

/** Listens. Rejects when the port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const readiness = { isReady: false };
  const server = createServer({ shouldUpgradeCallback: isWebsocketRequest }, createApp({ ...options, readiness }));
  const websockets = acceptWebsockets(server, options.websockets, { ...options, readiness });
  // A client that waits for a long answer must not be cut off by Node's default of five minutes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    setReady() {
      readiness.isReady = true;
    },
    async close() {
      readiness.isReady = false;
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeIdleConnections();
      await websockets.close(options.drainMs);
      const timer = setTimeout(() => server.closeAllConnections(), options.drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
