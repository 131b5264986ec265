import { formatLocalTime } from '../time/format-local-time.js';

/** When a text is packed, and the zone in which its reader, the model, lives. */
export interface PackTime {
  readonly at: Date;
  readonly timezone: string | null;
}

const hiddenPrefix = '[This is an automated system message hidden from the user] ';

/** What a user said, with its time. Used where messages are written in on behalf of a user, not for requests: those are stored as they come. */
export function packUserMessage(message: string, time: PackTime): string {
  return pack({ type: 'user_message', message }, time);
}

/** The user's first visit, as the last of an agent's initial messages. */
export function packLogin(time: PackTime): string {
  return pack({ type: 'login', last_login: 'Never (first login)' }, time);
}

/** Gives the model another step. `reason` may already carry the note that the user does not see it. */
export function packHeartbeat(reason: string, time: PackTime): string {
  return pack({ type: 'heartbeat', reason: reason.startsWith(hiddenPrefix) ? reason : hiddenPrefix + reason }, time);
}

/** A message of the system to the model; `extra` members go behind the time. */
export function packSystemAlert(message: string, time: PackTime, extra: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ type: 'system_alert', message, time: formatLocalTime(time.at, time.timezone), ...extra });
}

/** The user's words of a packed user message; every other text as it is. */
export function unpackUserText(text: string): string {
  const packed = readPacked(text);
  return packed?.['type'] === 'user_message' && typeof packed['message'] === 'string' ? packed['message'] : text;
}

/** The object of a packed text (`{"type": …}`), or null when the text is none. */
export function readPacked(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value['type'] === 'string' ? value : null;
  } catch {
    return null;
  }
}

function pack(fields: Readonly<Record<string, string>>, time: PackTime): string {
  return JSON.stringify({ ...fields, time: formatLocalTime(time.at, time.timezone) });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
