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
  if (isHtml(failure) && isWrongPlace(failure.status)) return htmlAnswerError(failure);
  const { kind, retryable, refusesInput } = classify(failure);
  const retryAfterMs = readRetryAfterMs(failure.headers);
  const fields: ModelErrorFields = {
    kind,
    message: describe(failure),
    retryable: shouldRetryHeader(failure.headers) ?? retryable,
    refusesInput: refusesInput === true && !SETTINGS_TEXT.test(failure.code),
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
  readonly refusesInput?: true;
}

function classify(failure: ProviderFailure): Classified {
  const { status } = failure;
  const text = `${failure.code} ${failure.message}`;
  if (status === 413 || isContextOverflow(status, failure.code, text)) return overflow;
  if (status === 402 || CREDIT_TEXT.test(text)) return { kind: 'llm_insufficient_credits', retryable: false };
  if (status === undefined) return classifyByText(text);
  if (status === 400 && FILTER_TEXT.test(failure.code)) return filtered;
  const listed = BY_STATUS.get(status);
  if (listed) return listed;
  if (OVERLOADED_TEXT.test(text) && status >= 500) return overloaded;
  if (status >= 500) return serverError;
  return { kind: 'llm_bad_request', retryable: false };
}

/** Also a request whose bytes are too many: a shorter history is the one thing that helps. */
const overflow: Classified = { kind: 'context_window_exceeded', retryable: false };
const filtered: Classified = { kind: 'llm_content_filter', retryable: false, refusesInput: true };
const badRequest: Classified = { kind: 'llm_bad_request', retryable: false, refusesInput: true };
const authentication: Classified = { kind: 'llm_authentication', retryable: false };
const forbidden: Classified = { kind: 'llm_permission_denied', retryable: false };
const notFound: Classified = { kind: 'llm_not_found', retryable: false };
const timeout: Classified = { kind: 'llm_timeout', retryable: true };
const rateLimit: Classified = { kind: 'llm_rate_limit', retryable: true };
const overloaded: Classified = { kind: 'llm_overloaded', retryable: true };
const serverError: Classified = { kind: 'llm_server_error', retryable: true };

const BY_STATUS: ReadonlyMap<number, Classified> = new Map<number, Classified>([
  [400, badRequest],
  [401, authentication],
  [403, forbidden],
  [404, notFound],
  [408, timeout],
  [409, serverError],
  [422, { kind: 'llm_unprocessable', retryable: false, refusesInput: true }],
  [429, rateLimit],
  [504, timeout],
  [529, overloaded],
]);

/** Codes of requests that are wrong whatever their messages say. */
const SETTINGS_TEXT = /unsupported_parameter|unsupported_value|unknown_parameter|invalid_function_parameters|model_not_found/;
const OVERLOADED_TEXT = /overloaded/i;
const FILTER_TEXT = /content_filter|content_policy|bio_policy|misalignment_policy/;
const CREDIT_TEXT =
  /insufficient_quota|insufficient credits|credit balance is too low|exceeded your current quota|billing_error|billing_hard_limit/i;
const CONTEXT_TEXT =
  /context_length_exceeded|maximum context length|context window|context length|prompt is too long|exceeds? the (?:available |model's )?context|exceed_context_size|exceed context limit|input is too long|input tokens exceed|reduce the length of the (?:messages|prompt)|too many tokens|request_too_large/i;

/** Errors inside a stream have no status, for the response had begun with 200: the code and the words tell, the first that fit. */
const BY_TEXT: readonly (readonly [RegExp, Classified])[] = [
  [/rate_limit/i, rateLimit],
  [OVERLOADED_TEXT, overloaded],
  [FILTER_TEXT, filtered],
  [/authentication_error|invalid_api_key/, authentication],
  [/permission_error/, forbidden],
  [/not_found_error|model_not_found/, notFound],
  [/timeout_error/, timeout],
  [
    /invalid_request|invalid_prompt|invalid_(?:base64_)?image|image_(?:too|parse|file)|image_media_type|empty_image|download_image/,
    badRequest,
  ],
];

function classifyByText(text: string): Classified {
  return BY_TEXT.find(([words]) => words.test(text))?.[1] ?? serverError;
}

/** Limits of rate count tokens as well, and say so in similar words. */
function isContextOverflow(status: number | undefined, code: string, text: string): boolean {
  const possible = status === undefined || status === 400 || status === 422 || status === 500;
  return possible && !/rate_limit/i.test(code) && CONTEXT_TEXT.test(text);
}

/** Some servers give an HTTP status as the code of an error that comes with another one, or within a stream. */
export function statusOf(code: unknown): number | undefined {
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
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

/** Statuses by which a server says that there is no API at this address. A proxy's page with another status means that status. */
function isWrongPlace(status: number | undefined): boolean {
  return status === undefined || (status < 500 && status !== 408 && status !== 413 && status !== 429);
}

function isHtml({ headers, message }: Pick<ProviderFailure, 'headers' | 'message'>): boolean {
  return (headers?.get('content-type')?.includes('text/html') ?? false) || /^\s*(?:\d{3}\s+)?<(?:!doctype html|html)/i.test(message);
}

function describe(failure: ProviderFailure): string {
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  const words = isHtml(failure) ? 'an HTML page' : failure.message;
  return `${failure.provider}${status}: ${redactSecrets(words, failure.secrets).slice(0, MAX_MESSAGE_CHARS)}`;
}

const MAX_MESSAGE_CHARS = 2000;

function withoutCredentials(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  return `${url.origin}${url.pathname}`;
}
