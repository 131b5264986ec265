import type { RawData } from 'ws';
import { websocketMessage } from '../../contract/websocket.contract.js';
import type { WebsocketMessage } from '../../contract/websocket.contract.js';
import { storableJson } from '../../domain/storable-text.js';
import { validationError } from '../error-response.js';
import type { ErrorResponse } from '../error-response.js';

export type ParsedMessage =
  | { readonly message: WebsocketMessage }
  /** `id` = the one of the message, where it has one. */
  | { readonly message: null; readonly id: string | null; readonly error: ErrorResponse };

/** What a client has said, or why it cannot be understood. Throws for what is nested too deep. */
export function parseWebsocketMessage(bytes: Buffer, isBinary: boolean): ParsedMessage {
  const json = isBinary ? undefined : parseJson(bytes.toString());
  if (json === undefined) {
    return { message: null, id: null, error: { status: 422, body: { detail: 'The message is not JSON as text' }, headers: {} } };
  }
  const result = websocketMessage.safeParse(storableJson(json));
  if (result.success) return { message: result.data };
  const id = typeof json === 'object' && json !== null && 'id' in json && typeof json.id === 'string' ? json.id : null;
  return {
    message: null,
    id,
    error: validationError(result.error.issues.map(({ path, message }) => ({ loc: ['body', ...path], msg: message }))),
  };
}

/** Undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function bytesOf(data: RawData): Buffer {
  return Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
