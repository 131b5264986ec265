import type { APIConnectionTimeoutError, APIError } from 'openai';
import { ModelError } from '../../../domain/model/model-error.js';
import { classifyProviderFailure, statusOf } from '../classify-provider-failure.js';
import { classifyTransportFailure } from '../classify-transport-failure.js';
import { ResponsesStreamError } from './from-responses-event.js';

export interface OpenAiPlace {
  readonly providerName: string;
  readonly baseUrl: string;
  readonly secrets: readonly string[];
  readonly sdk: OpenAiErrors;
}

/** The SDK's classes of errors; the SDK itself is loaded late. */
export interface OpenAiErrors {
  readonly APIError: typeof APIError;
  readonly APIConnectionTimeoutError: typeof APIConnectionTimeoutError;
}

/** Whatever the SDK throws, as a ModelError. */
export function classifyOpenAiError(error: unknown, { providerName, baseUrl, secrets, sdk }: OpenAiPlace): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof sdk.APIConnectionTimeoutError) {
    return new ModelError({ kind: 'llm_timeout', message: `${providerName}: no answer in time`, retryable: true });
  }
  const failure = { provider: providerName, baseUrl, secrets };
  if (error instanceof ResponsesStreamError) {
    return classifyProviderFailure({ ...failure, status: undefined, headers: undefined, message: error.message, code: error.code });
  }
  if (error instanceof sdk.APIError && (error.status !== undefined || error.code != null || error.type !== undefined)) {
    const code = [error.code, error.type].filter(part => typeof part === 'string').join(' ');
    const status: unknown = error.status;
    const headers: unknown = error.headers;
    return classifyProviderFailure({
      ...failure,
      status: typeof status === 'number' ? status : statusOf(error.code),
      headers: headers instanceof Headers ? headers : undefined,
      message: error.message,
      code,
    });
  }
  return classifyTransportFailure(error, providerName, secrets);
}
