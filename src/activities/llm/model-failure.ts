import { ApplicationFailure, Context } from '@temporalio/activity';
import type { RunEnd } from '../../domain/agent-loop/loop-types.js';
import type { ModelError } from '../../domain/model/model-error.js';
import type { ModelErrorKind } from '../../domain/model/model-error.js';

interface Shown {
  readonly type: string;
  readonly status: number;
  readonly stopReason: RunEnd['stopReason'];
}

const llmError: Shown = { type: 'llm_error', status: 500, stopReason: 'llm_api_error' };

/** How each failure looks to the client: V1's error type, HTTP status and stop reason. */
const shown: Readonly<Record<ModelErrorKind, Shown>> = {
  llm_timeout: { type: 'llm_timeout', status: 504, stopReason: 'llm_api_error' },
  llm_rate_limit: { type: 'llm_rate_limit', status: 429, stopReason: 'llm_api_error' },
  llm_authentication: { type: 'llm_authentication', status: 401, stopReason: 'llm_api_error' },
  llm_permission_denied: llmError,
  llm_not_found: llmError,
  llm_unprocessable: llmError,
  llm_bad_request: { ...llmError, status: 400 },
  llm_insufficient_credits: { ...llmError, status: 402, stopReason: 'insufficient_credits' },
  llm_connection: llmError,
  llm_server_error: llmError,
  llm_overloaded: { ...llmError, status: 503 },
  llm_empty_response: { type: 'llm_empty_response', status: 500, stopReason: 'invalid_llm_response' },
  llm_invalid_response: { ...llmError, stopReason: 'invalid_llm_response' },
  llm_content_filter: { ...llmError, status: 400 },
  context_window_exceeded: { type: 'context_window_exceeded', status: 400, stopReason: 'context_window_overflow_in_system_prompt' },
};

const texts: Readonly<Record<string, string>> = {
  llm_timeout: 'The request to the LLM provider timed out.',
  llm_rate_limit: 'The LLM provider refused the request because of its rate limit.',
  llm_authentication: 'The LLM provider did not accept the credentials.',
  llm_empty_response: 'The LLM provider sent an empty response.',
};

/** What a run ends with when its model call has failed for good. */
export function runEndOfModelError(error: ModelError): RunEnd {
  const { type, status, stopReason } = shown[error.kind];
  return { stopReason, error: { type, message: texts[type] ?? 'The request to the LLM provider failed.', detail: error.message, status } };
}

/**
 * Leaves the retry to Temporal: the failure carries the provider's wish and, for the last attempt, the end that the run will have. Attempts that were
 * lost with their worker count as well, but end nothing by themselves.
 */
export function toActivityFailure(error: ModelError, maxAttempts: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: !error.retryable || Context.current().info.attempt >= maxAttempts,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    details: [runEndOfModelError(error)],
  });
}
