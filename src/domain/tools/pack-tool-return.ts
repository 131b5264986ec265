import type { ToolStatus } from '../messages/content.js';
import type { PackTime } from '../messages/packed-message.js';
import { formatLocalTime } from '../time/format-local-time.js';
import type { ToolResult } from './tool-result.js';

export interface UnpackedToolReturn {
  readonly status: ToolStatus;
  readonly message: string;
}

/** Their results are never cut: a half result of a search misleads. */
const uncutTools: readonly string[] = ['conversation_search', 'conversation_search_date', 'archival_memory_search'];

export interface PackToolReturnInput {
  readonly toolName: string;
  readonly result: ToolResult;
  /** Characters. */
  readonly returnCharLimit: number;
  readonly time: PackTime;
}

/** The text of a tool return as the model reads it and as it is stored. */
export function packToolReturn({ toolName, result, returnCharLimit, time }: PackToolReturnInput): string {
  const message = uncutTools.includes(toolName) ? plain(result.value) : cutValue(plain(result.value), returnCharLimit);
  return JSON.stringify({
    status: result.status === 'success' ? 'OK' : 'Failed',
    message,
    time: formatLocalTime(time.at, time.timezone),
  });
}

/** What is shown of a stored tool return. A text that was not packed is shown as it is, with the status given. */
export function unpackToolReturn(content: string, status: ToolStatus): UnpackedToolReturn {
  const packed = readObject(content);
  if (packed === null || (packed['status'] !== 'OK' && packed['status'] !== 'Failed') || packed['message'] === undefined) {
    return { status, message: content };
  }
  const { message } = packed;
  return {
    status: packed['status'] === 'OK' ? 'success' : 'error',
    message: typeof message === 'string' ? message : JSON.stringify(message),
  };
}

/** Cuts a return for one request to the model, whose window is small. */
export function capToolReturn(content: string, contextWindowTokens: number): string {
  const limit = Math.max(5000, Math.floor(contextWindowTokens * 0.2 * 4));
  return content.length <= limit ? content : `${head(content, limit)}... [truncated ${content.length - limit} chars]`;
}

/** What is shown of a value in the place of text: Python's words for what JSON has others for, as V1's tools gave them. */
export function textOfValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

function plain(value: unknown): string | Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : textOfValue(value);
}

/** The value itself, or its beginning as text where its text is longer than `limit`. */
export function cutValue<Value>(value: Value, limit: number): Value | string {
  const text = textOfValue(value);
  if (text.length <= limit) return value;
  return `${head(text, limit)}... [NOTE: function output was truncated since it exceeded the character limit (${text.length} > ${limit})]`;
}

/** Never ends within a surrogate pair: half of one cannot be stored. */
function head(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
