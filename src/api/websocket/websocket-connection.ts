import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { WebsocketMessage } from '../../contract/websocket.contract.js';
import { assertNever } from '../../domain/assert-never.js';
import { errorResponse, unknownError } from '../error-response.js';
import type { ErrorResponse } from '../error-response.js';
import type { Gate } from '../gate.js';
import { bytesOf, parseWebsocketMessage } from './parse-websocket-message.js';
import type { WebsocketOperations } from './websocket-operations.js';
import { createWebsocketSender } from './websocket-sender.js';
import type { SenderLimits } from './websocket-sender.js';
import { createWebsocketStreams } from './websocket-streams.js';
import type { WebsocketStreams } from './websocket-streams.js';

export interface WebsocketLimits extends SenderLimits {
  /** Of what one connection follows at once. */
  readonly maxSubscriptions: number;
}

export interface WebsocketConnection {
  readonly socket: WebSocket;
  readonly gate: Gate;
  /** The headers of the request that opened it were those of somebody who may come in. */
  readonly isAdmitted: boolean;
  readonly operations: WebsocketOperations;
  readonly limits: WebsocketLimits;
  readonly logger: Logger;
}

/** How long a client that came without a key may take to show it, in ms. */
const authMs = 10_000;
/** Of a message that shows a key, in bytes: whatever else a stranger sends is not even parsed. */
const longestAuth = 4096;
/** From 4000 on, the codes of closing are ours. */
const unauthorized = 4401;

/** Serves one client. Its messages are handled one after the other, its streams run side by side. Resolves when it has gone and all has ended. */
export async function serveWebsocket({ socket, limits, logger, ...connection }: WebsocketConnection): Promise<void> {
  const gone = new AbortController();
  const sender = createWebsocketSender(socket, limits);
  const sendError = (id: string | null, { status, body }: ErrorResponse): Promise<void> => sender.send({ id, error: { status, body } });
  const fail = (id: string | null, error: unknown): Promise<void> => {
    const known = errorResponse(error);
    if (known === null) logger.error({ err: error }, 'a message of a WebSocket failed');
    return sendError(id, known ?? unknownError);
  };
  const streams = createWebsocketStreams({ sender, gone: gone.signal, maxSubscriptions: limits.maxSubscriptions, fail });
  const session: Session = {
    ...connection,
    gone: gone.signal,
    streams,
    answer: (message: Readonly<Record<string, unknown>>) => sender.send(message),
  };

  const refuse = async (): Promise<void> => {
    await sendError(null, { status: 401, body: { detail: 'Unauthorized' }, headers: {} });
    socket.close(unauthorized, 'Unauthorized');
  };
  const receive = async (data: RawData, isBinary: boolean): Promise<void> => {
    const bytes = bytesOf(data);
    if (!session.isAdmitted && bytes.length > longestAuth) return refuse();
    const parsed = parseWebsocketMessage(bytes, isBinary);
    if (!isAllowed(session, parsed.message)) return refuse();
    if (parsed.message === null) return sendError(parsed.id, parsed.error);
    return handle(session, parsed.message).catch((error: unknown) => fail(idOf(parsed.message), error));
  };

  let handling: Promise<void> = Promise.resolve();
  let waiting = 0;
  socket.on('message', (data, isBinary) => {
    // The network holds back what comes until all that has come is handled.
    waiting += 1;
    socket.pause();
    handling = handling
      .then(() => receive(data, isBinary))
      .catch((error: unknown) => (session.isAdmitted ? fail(null, error) : refuse()))
      .finally(() => {
        waiting -= 1;
        if (waiting === 0) socket.resume();
      });
  });
  socket.on('error', error => logger.debug({ err: error }, 'a WebSocket broke'));
  const authTimer = setTimeout(() => {
    if (!session.isAdmitted) socket.close(unauthorized, 'Unauthorized');
  }, authMs);
  await new Promise<void>(resolve => socket.once('close', () => resolve()));
  gone.abort();
  clearTimeout(authTimer);
  sender.close();
  await handling;
  await streams.ended();
}

interface Session extends Pick<WebsocketConnection, 'gate' | 'operations'> {
  readonly streams: WebsocketStreams;
  readonly gone: AbortSignal;
  readonly answer: (message: Readonly<Record<string, unknown>>) => Promise<void>;
  isAdmitted: boolean;
  key?: string;
}

/** Nothing is heard before the key, and a wrong one is the last that is. */
function isAllowed({ isAdmitted, gate }: Session, message: WebsocketMessage | null): boolean {
  return message?.type === 'auth' ? gate.isKey(message.key) : isAdmitted;
}

async function handle(session: Session, message: WebsocketMessage): Promise<void> {
  const { streams, operations, answer } = session;
  switch (message.type) {
    case 'auth':
      session.isAdmitted = true;
      session.key = message.key;
      return answer({ id: null, done: true });
    case 'send':
      return streams.open(message.id, () => operations.send(message, { key: session.key, gone: session.gone }));
    case 'subscribe':
      return streams.open(message.id, () => operations.subscribe(message));
    case 'unsubscribe':
      streams.stop(message.id);
      return;
    case 'cancel':
      await operations.cancel(message);
      return answer({ id: message.id ?? null, done: true });
    default:
      return assertNever(message);
  }
}

function idOf(message: WebsocketMessage): string | null {
  return message.type === 'auth' ? null : (message.id ?? null);
}
