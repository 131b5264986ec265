import { openWebsocket } from '../../contract/websocket.contract.js';
import { RequestError } from '../../domain/errors.js';
import { handleRoute } from '../mount-route.js';
import type { MountedRoute } from '../mount-route.js';

/** Only what asks for an upgrade gets past this: src/api/websocket. */
export function websocketRoute(): MountedRoute {
  return handleRoute(openWebsocket, () => Promise.reject(new RequestError('upgrade-required', 'This is the address of a WebSocket')));
}
