import { isJsonType } from '../../domain/rest/encode-body.js';
import type { RestResponse } from '../../domain/rest/rest-definition.js';
import type { ServerAnswer } from '../../providers/rest/call-server.js';
import { selectJson } from '../../providers/rest/select-json.js';

/** Characters of a response that tell of a failure. */
const longestFailure = 2000;

export function isSuccess({ status }: ServerAnswer): boolean {
  return status >= 200 && status < 300;
}

/** The server was away or busy: it may do what it is asked another time. */
export function isPassing({ status }: ServerAnswer): boolean {
  return [429, 502, 503, 504].includes(status);
}

/** What a model reads of an answer that has gone well. */
export async function presentAnswer(answer: ServerAnswer, { format, select }: RestResponse, signal: AbortSignal): Promise<string> {
  if (answer.bytes.length === 0) return `${statusLine(answer)}, with no content.`;
  const isJson = format === 'json' || (format === 'auto' && isJsonType(answer.contentType));
  const json = isJson && !answer.isCut ? parseJson(textOf(answer)) : undefined;
  if (json !== undefined) return presentJson(json, select, signal);
  if (format === 'auto' && !isText(answer))
    return `${statusLine(answer)}, with content of the type ${answer.contentType}, which cannot be shown.`;
  return answer.isCut
    ? `${textOf(answer)}\n[The response is longer: only its first ${answer.bytes.length} bytes were read.]`
    : textOf(answer);
}

export interface Selected {
  readonly value: unknown;
  /** Why nothing was selected. */
  readonly note: string | null;
}

/** A selection that does not fit what came leaves it as it is: the server has done what it was asked. */
export async function selected(json: unknown, select: string | null, signal: AbortSignal): Promise<Selected> {
  if (select === null) return { value: json, note: null };
  try {
    return { value: (await selectJson(json, select, signal)) ?? null, note: null };
  } catch (error) {
    if (signal.aborted) throw error;
    return { value: json, note: `The selection of this tool cannot be made: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function presentJson(json: unknown, select: string | null, signal: AbortSignal): Promise<string> {
  const { value, note } = await selected(json, select, signal);
  const text = JSON.stringify(value, null, 2);
  return note === null ? text : `${text}\n[${note}]`;
}

/** The same of one that has not: the beginning of what the server says of it. */
export function presentFailure(answer: ServerAnswer): string {
  const text = isText(answer) ? textOf(answer).trim() : '';
  const shown = text.length > longestFailure ? `${text.slice(0, longestFailure)}…` : text;
  return shown === '' ? `${statusLine(answer)}.` : `${statusLine(answer)}: ${shown}`;
}

function statusLine({ status, statusText }: ServerAnswer): string {
  return `The server answered with status ${[status, statusText].join(' ').trim()}`;
}

/** Undefined = it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function textOf({ bytes, charset }: ServerAnswer): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder().decode(bytes);
  }
}

function isText({ contentType, bytes }: ServerAnswer): boolean {
  if (contentType === '') return !bytes.includes(0);
  return (
    contentType.startsWith('text/') ||
    isJsonType(contentType) ||
    /[/+](xml|yaml|x-yaml|javascript|x-www-form-urlencoded|x-ndjson)$/.test(contentType)
  );
}
