import { namedEvent } from '../support/mock-reply.js';
import type { MockReply, WireForm } from '../support/mock-reply.js';
import type { WireAnswer } from '../support/wire-answer.js';

/** Something that a provider does wrong, and what becomes of it. docs/design/errors.md shows this table. */
export interface FailureCase {
  readonly name: string;
  /** What the provider does; null where its form knows no such thing, `away` when nobody listens there. */
  readonly fault: (form: WireForm) => MockReply | 'away' | null;
  readonly retried: boolean;
  /** When it lasts: of a blocking request. */
  readonly status: number;
  readonly errorType: string;
  readonly stopReason: string;
  /** The least time between two tries, in ms, that the provider asks for. */
  readonly pauseMs?: number;
  /** What the run was sent is taken out of the context, and stays in the list. */
  readonly refusesInput?: boolean;
  /** The context is compacted first, which asks the provider as well. */
  readonly compacts?: boolean;
}

type Verdict = Pick<FailureCase, 'retried' | 'status' | 'errorType' | 'stopReason'>;

function verdict(retried: boolean, status: number, errorType = 'llm_error', stopReason = 'llm_api_error'): Verdict {
  return { retried, status, errorType, stopReason };
}

const refusal = { ...verdict(false, 400), refusesInput: true };

interface ErrorFields {
  readonly type: string;
  readonly message?: string;
  readonly code?: string | null;
}

/** An error's body as the form has it. */
function errorBody(form: WireForm, { type, message = 'It failed.', code = null }: ErrorFields) {
  return form === 'anthropic'
    ? { type: 'error', error: { type, message }, request_id: 'req_1' }
    : { error: { message, type, code, param: null } };
}

function http(status: number, fields: ErrorFields, headers: Readonly<Record<string, string>> = {}) {
  return (form: WireForm): MockReply => ({ error: { status, body: errorBody(form, fields), headers } });
}

function wire(answer: WireAnswer) {
  return (): MockReply => ({ wire: answer });
}

/** The beginning of an answer that says "Half an", in each form. */
const begun: Readonly<Record<WireForm, string>> = {
  chat: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Half an ' }, finish_reason: null }] })}\n\n`,
  responses: namedEvent({ type: 'response.output_text.delta', ...{ output_index: 0, delta: 'Half an ' } }),
  anthropic: [
    { type: 'message_start', message: { usage: { input_tokens: 3, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Half an ' } },
  ]
    .map(namedEvent)
    .join(''),
};

const bare: Readonly<Record<WireForm, string>> = {
  chat: 'data: {"object":"chat.completion.chunk"}\n\n',
  responses: namedEvent({ type: 'response.output_item.added' }),
  anthropic: namedEvent({ type: 'content_block_delta' }),
};

/** An error that comes when the answer has begun. */
function within(fields: ErrorFields) {
  return (form: WireForm): MockReply => {
    const body = errorBody(form, fields);
    const failed = { response: { error: { code: fields.code ?? fields.type, message: 'It failed.' } } };
    const error =
      form === 'chat'
        ? `data: ${JSON.stringify(body)}\n\n`
        : namedEvent(form === 'responses' ? { type: 'response.failed', ...failed } : { type: 'error', ...body });
    return { wire: { body: begun[form] + error } };
  };
}

const page = '<!doctype html><html><body>nginx</body></html>';
const html = { 'content-type': 'text/html' };
const jsonType = { 'content-type': 'application/json' };
const overflow = { ...verdict(false, 400, 'context_window_exceeded', 'context_window_overflow_in_system_prompt'), compacts: true };
const limited = { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Slow down.' };
const noCredit = verdict(false, 402, 'llm_error', 'insufficient_credits');
const rateLimit = verdict(true, 429, 'llm_rate_limit');
const timeout = verdict(true, 504, 'llm_timeout');
const empty = verdict(true, 500, 'llm_empty_response', 'invalid_llm_response');

const statusCases: readonly FailureCase[] = [
  { name: '400', fault: http(400, { type: 'invalid_request_error' }), ...refusal },
  {
    name: '400 for a parameter',
    fault: form => (form === 'anthropic' ? null : http(400, { type: 'invalid_request_error', code: 'unsupported_parameter' })(form)),
    ...verdict(false, 400),
  },
  { name: '401', fault: http(401, { type: 'authentication_error' }), ...verdict(false, 401, 'llm_authentication') },
  { name: '402', fault: http(402, { type: 'billing_error' }), ...noCredit },
  { name: '403', fault: http(403, { type: 'permission_error' }), ...verdict(false, 500) },
  { name: '404', fault: http(404, { type: 'not_found_error' }), ...verdict(false, 500) },
  { name: '408', fault: http(408, { type: 'timeout_error' }), ...timeout },
  { name: '409', fault: http(409, { type: 'conflict' }), ...verdict(true, 500) },
  { name: '413', fault: http(413, { type: 'request_too_large' }), ...overflow },
  { name: '422', fault: http(422, { type: 'invalid_request_error' }), ...refusal, status: 500 },
  { name: '429 with Retry-After in seconds', fault: http(429, limited, { 'retry-after': '0.2' }), pauseMs: 200, ...rateLimit },
  {
    name: '429 with Retry-After as a date',
    fault: form => http(429, limited, { 'retry-after': new Date(Date.now() + 1200).toUTCString() })(form),
    // The date has no fractions of a second.
    pauseMs: 150,
    ...rateLimit,
  },
  { name: '429 with retry-after-ms', fault: http(429, limited, { 'retry-after-ms': '180' }), pauseMs: 180, ...rateLimit },
  {
    name: '429 with a Retry-After beyond the limit',
    fault: http(429, limited, { 'retry-after': '86400' }),
    ...verdict(false, 429, 'llm_rate_limit'),
  },
  {
    name: 'no credit left',
    fault: form =>
      form === 'anthropic'
        ? http(400, { type: 'invalid_request_error', message: 'Your credit balance is too low.' })(form)
        : http(429, { type: 'insufficient_quota', code: 'insufficient_quota', message: 'You exceeded your current quota.' })(form),
    ...noCredit,
  },
  { name: '500', fault: http(500, { type: 'api_error' }), ...verdict(true, 500) },
  {
    name: '500 with x-should-retry: false',
    fault: http(500, { type: 'api_error' }, { 'x-should-retry': 'false' }),
    ...verdict(false, 500),
  },
  { name: '502 with an HTML page', fault: wire({ status: 502, headers: html, body: page }), ...verdict(true, 500) },
  { name: '503', fault: http(503, { type: 'api_error' }), ...verdict(true, 500) },
  { name: '504', fault: http(504, { type: 'timeout_error' }), ...timeout },
  { name: '529', fault: http(529, { type: 'overloaded_error', message: 'Overloaded' }), ...verdict(true, 503) },
];

const connectionCases: readonly FailureCase[] = [
  { name: 'connection refused', fault: () => 'away', ...verdict(true, 500) },
  { name: 'connection reset before the first byte', fault: wire({ body: '', then: 'reset' }), ...verdict(true, 500) },
  { name: 'connection cut within the stream', fault: form => ({ wire: { body: begun[form], then: 'cut' } }), ...verdict(true, 500) },
  { name: 'stream that ends without its last event', fault: form => ({ wire: { body: begun[form] } }), ...verdict(true, 500) },
  { name: 'empty body', fault: wire({ body: '' }), ...verdict(true, 500) },
];

const bodyCases: readonly FailureCase[] = [
  {
    name: 'error within the stream: overloaded',
    fault: within({ type: 'overloaded_error', code: 'overloaded_error' }),
    ...verdict(true, 503),
  },
  { name: 'error within the stream: rate limit', fault: within(limited), ...rateLimit },
  { name: 'error within the stream: server error', fault: within({ type: 'api_error', code: 'server_error' }), ...verdict(true, 500) },
  {
    name: 'error within the stream: invalid request',
    fault: within({ type: 'invalid_request_error', code: 'invalid_prompt' }),
    ...refusal,
  },
  {
    name: 'malformed JSON in the stream',
    fault: form => ({ wire: { body: `${begun[form]}event: content_block_delta\ndata: {"type": "content_blo\n\n` } }),
    ...verdict(true, 500, 'llm_error', 'invalid_llm_response'),
  },
  {
    name: 'event in the stream that lacks its members',
    fault: form => ({ wire: { body: begun[form] + bare[form] } }),
    ...verdict(true, 500, 'llm_error', 'invalid_llm_response'),
  },
  { name: 'plain text instead of a stream', fault: wire({ headers: { 'content-type': 'text/plain' }, body: 'ok' }), ...verdict(true, 500) },
  {
    name: 'JSON object instead of a stream',
    fault: wire({ headers: jsonType, body: JSON.stringify({ id: 'x', choices: [] }) }),
    ...verdict(false, 500, 'llm_error', 'invalid_llm_response'),
  },
  {
    name: 'error in a JSON object with status 200',
    fault: form => ({ wire: { headers: jsonType, body: JSON.stringify(errorBody(form, limited)) } }),
    ...rateLimit,
  },
  { name: 'HTML page with status 200', fault: wire({ headers: html, body: page }), ...verdict(false, 400) },
  { name: 'HTML page with status 404', fault: wire({ status: 404, headers: html, body: page }), ...verdict(false, 400) },
];

const contentCases: readonly FailureCase[] = [
  { name: 'response without content', fault: () => ({}), ...empty },
  { name: 'tool call without a name', fault: () => ({ toolCalls: [{ name: '', args: {} }] }), ...empty },
  { name: 'response withheld by a content filter', fault: () => ({ finish: 'content_filter' }), ...verdict(false, 400) },
  { name: 'response cut off by a content filter', fault: () => ({ text: 'Half an ', finish: 'content_filter' }), ...verdict(false, 400) },
  {
    name: 'input refused by a content filter',
    fault: form => (form === 'anthropic' ? null : http(400, { type: 'invalid_request_error', code: 'content_filter' })(form)),
    ...refusal,
  },
  {
    name: 'context overflow',
    fault: form =>
      form === 'anthropic'
        ? http(400, { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' })(form)
        : http(400, { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'The input is too large.' })(form),
    ...overflow,
  },
  {
    name: 'context overflow that only the words tell',
    fault: form =>
      form === 'anthropic'
        ? http(400, {
            type: 'invalid_request_error',
            message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
          })(form)
        : http(400, { type: 'invalid_request_error', message: "This model's maximum context length is 128000 tokens." })(form),
    ...overflow,
  },
  {
    name: 'context overflow within the stream',
    fault: form => (form === 'anthropic' ? null : within({ type: 'invalid_request_error', code: 'context_length_exceeded' })(form)),
    ...overflow,
  },
];

export const failureCases: readonly FailureCase[] = [...statusCases, ...connectionCases, ...bodyCases, ...contentCases];
