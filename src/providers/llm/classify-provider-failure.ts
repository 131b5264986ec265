import type { ModelErrorFields, ModelErrorKind } from '../../domain/model/model-error.js';
import { ModelError } from '../../domain/model/model-error.js';
import { redactSecrets } from './redact-secrets.js';

/** What an SDK error says, without the SDK's types. */
export interface ProviderFailure {
  readonly provider: string;
  /** HTTP status, or the status that an in-stream error stands for; undefined when the provider gave none. */
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly message: string;
  /** The provider's machine-readable error code and type, joined. */
  readonly code: string;
  readonly baseUrl: string;
  readonly secrets: readonly string[];
}

/** One table for all providers: an answer that was an error → ModelError. `x-should-retry` wins over the status. */
export function classifyProviderFailure(failure: ProviderFailure): ModelError {
  if (isHtml(failure)) return htmlAnswerError(failure);
  const { kind, retryable } = classify(failure);
  const retryAfterMs = readRetryAfterMs(failure.headers);
  const fields: ModelErrorFields = {
    kind,
    message: describe(failure),
    retryable: shouldRetryHeader(failure.headers) ?? retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(failure.status === undefined ? {} : { status: failure.status }),
  };
  return new ModelError(fields);
}

/** A web page instead of an API answer: almost always a base URL without its `/v1`, or a login page of a proxy. */
export function htmlAnswerError(failure: Pick<ProviderFailure, 'provider' | 'baseUrl' | 'status'>): ModelError {
  return new ModelError({
    kind: 'llm_bad_request',
    message:
      `${failure.provider} answered with an HTML page instead of an API response. ` +
      `Check the base URL (now ${withoutCredentials(failure.baseUrl)}): it has to be the API's root, for most servers one that ends in /v1.`,
    retryable: false,
    ...(failure.status === undefined ? {} : { status: failure.status }),
  });
}

interface Classified {
  readonly kind: ModelErrorKind;
  readonly retryable: boolean;
}

function classify(failure: ProviderFailure): Classified {
  const { status } = failure;
  const text = `${failure.code} ${failure.message}`;
  if (isContextOverflow(status, text)) return { kind: 'context_window_exceeded', retryable: false };
  if (status === 402 || CREDIT_TEXT.test(text)) return { kind: 'llm_insufficient_credits', retryable: false };
  if (status === undefined) return classifyByCode(text);
  const listed = BY_STATUS.get(status);
  if (listed) return listed;
  if (OVERLOADED_TEXT.test(text) && status >= 500) return { kind: 'llm_overloaded', retryable: true };
  if (status >= 500) return { kind: 'llm_server_error', retryable: true };
  return { kind: 'llm_bad_request', retryable: false };
}

const BY_STATUS: ReadonlyMap<number, Classified> = new Map<number, Classified>([
  [400, { kind: 'llm_bad_request', retryable: false }],
  [401, { kind: 'llm_authentication', retryable: false }],
  [403, { kind: 'llm_permission_denied', retryable: false }],
  [404, { kind: 'llm_not_found', retryable: false }],
  [408, { kind: 'llm_timeout', retryable: true }],
  [409, { kind: 'llm_server_error', retryable: true }],
  [413, { kind: 'llm_bad_request', retryable: false }],
  [422, { kind: 'llm_unprocessable', retryable: false }],
  [429, { kind: 'llm_rate_limit', retryable: true }],
  [504, { kind: 'llm_timeout', retryable: true }],
  [529, { kind: 'llm_overloaded', retryable: true }],
]);

/** Errors inside a stream have no status; the response had begun with 200. */
function classifyByCode(text: string): Classified {
  if (/rate_limit/.test(text)) return { kind: 'llm_rate_limit', retryable: true };
  if (OVERLOADED_TEXT.test(text)) return { kind: 'llm_overloaded', retryable: true };
  if (/invalid_request|invalid_prompt/.test(text)) return { kind: 'llm_bad_request', retryable: false };
  if (/content_filter|content_policy/.test(text)) return { kind: 'llm_content_filter', retryable: false };
  return { kind: 'llm_server_error', retryable: true };
}

const OVERLOADED_TEXT = /overloaded/i;
const CREDIT_TEXT =
  /insufficient_quota|insufficient credits|credit balance is too low|exceeded your current quota|billing_error|billing_hard_limit/i;
const CONTEXT_TEXT =
  /context_length_exceeded|maximum context length|context window|context length|prompt is too long|exceeds? the (?:available |model's )?context|exceed_context_size|exceed context limit|input is too long|input tokens exceed|reduce the length of the (?:messages|prompt)|too many tokens/i;

function isContextOverflow(status: number | undefined, text: string): boolean {
  const possible = status === undefined || status === 400 || status === 413 || status === 422 || status === 500;
  return possible && CONTEXT_TEXT.test(text);
}

function shouldRetryHeader(headers: Headers | undefined): boolean | undefined {
  const value = headers?.get('x-should-retry');
  if (value === 'true') return true;
  if (value === 'false') return false;
  return undefined;
}

/** `retry-after-ms` in ms, else `retry-after` in seconds or as a date. */
function readRetryAfterMs(headers: Headers | undefined): number | undefined {
  const inMs = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(inMs) && inMs >= 0) return Math.ceil(inMs);
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function isHtml(failure: ProviderFailure): boolean {
  if (failure.headers?.get('content-type')?.includes('text/html')) return failure.status === undefined || failure.status < 500;
  return /^\s*(?:\d{3}\s+)?<(?:!doctype html|html)/i.test(failure.message) && (failure.status ?? 0) < 500;
}

function describe(failure: ProviderFailure): string {
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  const text = redactSecrets(failure.message, failure.secrets).slice(0, MAX_MESSAGE_CHARS);
  return `${failure.provider}${status}: ${text}`;
}

const MAX_MESSAGE_CHARS = 2000;

function withoutCredentials(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  return `${url.origin}${url.pathname}`;
}
