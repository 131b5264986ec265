import { z } from 'zod';
import { conversationName } from './conversations.contract.js';
import { key, nothing, pathId } from './fields.js';
import { sendBody } from './messages.contract.js';
import { defineRoute } from './route.js';
import { retrieveStreamBody } from './runs.contract.js';

/** Chosen by the client, and given back with everything that answers the message. */
const messageId = z.string().min(1).max(128);

/** What a client may say over a WebSocket: docs/design/websocket.md. */
export const websocketMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), key: z.string() }),
  sendBody.extend({
    type: z.literal('send'),
    id: messageId,
    agent_id: pathId('agent').nullish(),
    conversation_id: conversationName.nullish(),
    idempotency_key: key.nullish(),
  }),
  retrieveStreamBody.extend({ type: z.literal('subscribe'), id: messageId, run_id: pathId('run') }),
  z.object({ type: z.literal('unsubscribe'), id: messageId }),
  z.object({ type: z.literal('cancel'), id: messageId.nullish(), run_id: pathId('run') }),
]);

export type WebsocketMessage = z.output<typeof websocketMessage>;

/** The request that becomes a WebSocket; as a plain request it is refused. */
export const openWebsocket = defineRoute({
  operationId: 'open_websocket',
  method: 'get',
  path: '/v1/ws',
  tag: 'websocket',
  summary: 'Open a WebSocket for sending, following and cancelling many runs (docs/design/websocket.md)',
  params: nothing,
  query: nothing,
  body: nothing,
  response: nothing,
});
