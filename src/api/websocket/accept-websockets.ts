import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Gate } from '../gate.js';
import type { Readiness } from '../middleware/readiness.js';
import { serveWebsocket } from './websocket-connection.js';
import type { WebsocketLimits } from './websocket-connection.js';
import type { WebsocketOperations } from './websocket-operations.js';

export interface WebsocketOptions extends WebsocketLimits {
  readonly operations: WebsocketOperations;
  /** Of one message. */
  readonly maxMessageBytes: number;
}

export interface AcceptWebsocketsDeps {
  readonly gate: Gate;
  readonly readiness: Readiness;
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
}

export interface Websockets {
  /** Tells all clients to go, and ends those that do not within the time. */
  close(drainMs: number): Promise<void>;
}

/** The code of closing that tells a client to come back later, or elsewhere. */
const goingAway = 1001;

/** Requests of other paths that would like to become something else are served as they are. */
export function isWebsocketRequest(request: IncomingMessage): boolean {
  return /^\/(v1|latest)\/ws\/?(\?|$)/.test(request.url ?? '') && request.headers.upgrade?.toLowerCase() === 'websocket';
}

/** Takes in WebSockets on a server of which `isWebsocketRequest` chooses what is upgraded. */
export function acceptWebsockets(server: Server, options: WebsocketOptions, deps: AcceptWebsocketsDeps): Websockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes, clientTracking: true });
  const served = new Set<Promise<void>>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isAdmitted = deps.gate.admits(name => headerOf(request, name));
    const refusal = refusalOf(request, isAdmitted, deps);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, client => {
      const { operations, ...limits } = options;
      const serving = serveWebsocket({ socket: client, gate: deps.gate, isAdmitted, operations, limits, logger: deps.logger })
        .catch((error: unknown) => {
          deps.logger.error({ err: error }, 'a WebSocket failed');
          client.terminate();
        })
        .finally(() => served.delete(serving));
      served.add(serving);
    });
  });
  return {
    async close(drainMs) {
      const clients: readonly WebSocket[] = [...sockets.clients];
      for (const client of clients) client.close(goingAway, 'The server is going down');
      const timer = setTimeout(() => {
        for (const client of clients) client.terminate();
      }, drainMs);
      await Promise.all(served);
      clearTimeout(timer);
    },
  };
}

interface Refusal {
  readonly status: string;
  readonly detail: string;
}

/**
 * Browsers send the origin of the page and ask nobody before they open a WebSocket, so this is what keeps foreign pages out. A page cannot set headers:
 * who comes without a key may show it in the first message; a wrong one is refused at once.
 */
function refusalOf(request: IncomingMessage, isAdmitted: boolean, { gate, readiness, corsOrigins }: AcceptWebsocketsDeps): Refusal | null {
  if (!readiness.isReady) return { status: '503 Service Unavailable', detail: 'The server is not ready' };
  const { origin, host } = request.headers;
  const hostRefusal = gate.hostRefusal(host);
  if (hostRefusal !== null) return { status: '403 Forbidden', detail: hostRefusal };
  if (origin !== undefined && !corsOrigins.includes('*') && !corsOrigins.includes(origin)) {
    return { status: '403 Forbidden', detail: `The origin ${origin} is not allowed` };
  }
  const showsKey = headerOf(request, 'authorization') !== undefined || headerOf(request, 'x-bare-password') !== undefined;
  return showsKey && !isAdmitted ? { status: '401 Unauthorized', detail: 'Unauthorized' } : null;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function refuse(socket: Duplex, { status, detail }: Refusal): void {
  const body = JSON.stringify({ detail });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
