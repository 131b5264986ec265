export type ModelErrorKind =
  | 'llm_timeout'
  | 'llm_rate_limit'
  | 'llm_authentication'
  | 'llm_permission_denied'
  | 'llm_not_found'
  | 'llm_unprocessable'
  | 'llm_bad_request'
  | 'llm_insufficient_credits'
  | 'llm_connection'
  | 'llm_server_error'
  | 'llm_overloaded'
  | 'llm_empty_response'
  | 'llm_invalid_response'
  | 'llm_content_filter'
  | 'context_window_exceeded';

export interface ModelErrorFields {
  readonly kind: ModelErrorKind;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** The provider's own wish (Retry-After), in ms. */
  readonly retryAfterMs?: number;
  /** HTTP status of the provider's answer, when there was one. */
  readonly status?: number;
  /** The provider found fault with what it was sent, so that it would refuse the same history again. */
  readonly refusesInput?: boolean;
}

/** A classified provider failure. Messages carry no secrets: adapters redact keys before they throw. */
export class ModelError extends Error {
  override readonly name = 'ModelError';

  /** By name: a provider's code is loaded when it is needed, and a loader may then hold this class twice. */
  static override [Symbol.hasInstance](value: unknown): value is ModelError {
    return value instanceof Error && value.name === 'ModelError';
  }

  readonly kind: ModelErrorKind;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  readonly refusesInput: boolean;

  constructor(fields: ModelErrorFields) {
    super(fields.message);
    this.kind = fields.kind;
    this.retryable = fields.retryable;
    this.retryAfterMs = fields.retryAfterMs;
    this.status = fields.status;
    this.refusesInput = fields.refusesInput === true && !fields.retryable;
  }
}
