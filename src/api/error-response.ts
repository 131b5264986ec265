import type { RunError } from '../domain/agent-loop/loop-types.js';
import { RequestError } from '../domain/errors.js';
import type { RequestErrorKind } from '../domain/errors.js';
import { ModelError } from '../domain/model/model-error.js';

export interface ErrorResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** All statuses of this API's own errors. SDKs repeat 408, 409, 429 and 5xx unless they are told not to. */
const statuses: Readonly<Record<RequestErrorKind, number>> = {
  invalid: 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'unsupported-media': 415,
  unprocessable: 422,
  'upgrade-required': 426,
  'too-many': 429,
  'not-served': 501,
  unreachable: 502,
};

const noRetry = { 'x-should-retry': 'false' };

/** What a thrown error looks like to the client. Null = nobody expected it. */
export function errorResponse(error: unknown): ErrorResponse | null {
  if (error instanceof RequestError)
    return { status: statuses[error.kind], body: { detail: error.message, ...error.extra }, headers: noRetry };
  if (error instanceof ModelError) {
    const status = error.kind === 'llm_not_found' ? 404 : 502;
    return { status, body: { error: { type: error.kind, message: error.message, detail: null } }, headers: noRetry };
  }
  return bodyParserError(error) ?? databaseError(error);
}

/** The answer to a blocking request whose run failed. The run is over: repeating the request would be another one. */
export function runErrorResponse(error: RunError): ErrorResponse {
  const { type, message, detail, status } = error;
  // V1 answers an overloaded provider in another form than all other failures: this is both.
  const body = { error: { type, message, detail }, ...(status === 503 ? { detail: message } : {}) };
  return { status, body, headers: noRetry };
}

/** The answer to a generation that failed: V1 has one status for whatever a provider does. */
export function generationErrorResponse(error: RunError): ErrorResponse {
  const isBudget = error.type === 'budget_exceeded';
  const { body, ...response } = runErrorResponse({ ...error, status: isBudget ? error.status : 502 });
  return { ...response, body: { ...body, detail: [error.message, error.detail].filter(text => text !== null).join(' ') } };
}

export const unknownError: ErrorResponse = { status: 500, body: { detail: 'An unknown error occurred' }, headers: noRetry };

export function validationError(issues: readonly unknown[]): ErrorResponse {
  return { status: 422, body: { trace_id: '', detail: JSON.stringify(issues) }, headers: noRetry };
}

function bodyParserError(error: unknown): ErrorResponse | null {
  if (typeof error !== 'object' || error === null || !('type' in error) || !('status' in error)) return null;
  const { type, status } = error;
  if (typeof type !== 'string' || typeof status !== 'number' || status >= 500) return null;
  const detail =
    type === 'entity.too.large'
      ? 'The request body is too large'
      : type === 'entity.parse.failed'
        ? 'The request body is not valid JSON'
        : type;
  return { status: type === 'entity.parse.failed' ? 422 : status, body: { detail }, headers: noRetry };
}

/** Postgres: not what the type can hold, out of range, no date, a date out of range, too long for an index. */
const unstorableValue = ['22P02', '22003', '22007', '22008', '54000'];

/** Postgres: 23505 unique, 23503 foreign key; 22021 and 22P05 NUL; 40P01 deadlock, which may be tried again; class 08, 53, 57 and refused connections mean that it is away. */
function databaseError(error: unknown): ErrorResponse | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '23505') return { status: 409, body: { detail: 'A row with these values exists already' }, headers: noRetry };
  if (code === '23503')
    return {
      status: 409,
      body: { detail: 'The request refers to something that does not exist, or that is still in use' },
      headers: noRetry,
    };
  if (code === '22021' || code === '22P05')
    return { status: 400, body: { detail: 'The request holds a NUL character, which cannot be stored' }, headers: noRetry };
  if (unstorableValue.includes(code))
    return { status: 400, body: { detail: 'The request holds a value that is malformed, out of range or too long' }, headers: noRetry };
  if (code === '40P01' || code === '40001')
    return { status: 409, body: { detail: 'Another request changed the same rows' }, headers: { 'retry-after': '1' } };
  if (/^(08|53|57P)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code) || /connection terminated/i.test(error.message)) {
    return { status: 503, body: { detail: 'The database is not available' }, headers: { 'retry-after': '1' } };
  }
  return null;
}
