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

const inputRefused =
  'The messages since the last answer have left the context of the model, so that it can answer the next ones. They are still listed.';

/**
 * What a run ends with when its model call has failed for good. `asksFirst` = the call is the first that was sent the run's input: what the provider
 * refuses then is most likely that.
 */
function runEndOfModelError(error: ModelError, asksFirst: boolean): RunEnd {
  const { type, status, stopReason } = shown[error.kind];
  const message = texts[type] ?? 'The request to the LLM provider failed.';
  if (!error.refusesInput || !asksFirst) return { stopReason, error: { type, message, detail: error.message, status } };
  return { stopReason, error: { type, message, detail: `${error.message} ${inputRefused}`, status, inputRefused: true } };
}

/** How a call is tried again when the provider fails in a way that may pass. */
export interface ModelRetries {
  /** Tries in all. */
  readonly attempts: number;
  /** Before the second try, in ms; it doubles from try to try. */
  readonly pauseMs: number;
  /** A provider that asks for a longer one is not tried again. */
  readonly longestPauseMs: number;
}

/** Of the server's own pauses. */
const longestOwnPauseMs = 30_000;

/**
 * Leaves the retry to Temporal: the failure carries the pause and, for the last attempt, the end that the run will have. Attempts that were lost with
 * their worker count as well, but end nothing by themselves.
 */
export function toActivityFailure(error: ModelError, retries: ModelRetries, asksFirst: boolean): ApplicationFailure {
  const { attempt } = Context.current().info;
  const pauseMs = error.retryAfterMs ?? ownPauseMs(attempt, retries);
  const isFinal = !error.retryable || attempt >= retries.attempts || (error.retryAfterMs ?? 0) > retries.longestPauseMs;
  return ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: isFinal,
    // Temporal takes 0 for its own pause.
    nextRetryDelay: Math.max(1, pauseMs),
    details: [runEndOfModelError(error, asksFirst)],
  });
}

/** Not the same for all calls that failed together, or they would fail together again. */
function ownPauseMs(attempt: number, { pauseMs }: ModelRetries): number {
  const base = Math.min(pauseMs * 2 ** (attempt - 1), longestOwnPauseMs);
  return Math.round(base * (0.75 + Math.random() / 2));
}
