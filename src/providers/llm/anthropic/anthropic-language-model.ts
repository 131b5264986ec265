import type { Anthropic, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import type { MessageCountTokensParams } from '@anthropic-ai/sdk/resources/messages';
import type { LanguageModel, ModelRequest } from '../../../domain/model/language-model.js';
import { ModelError } from '../../../domain/model/model-error.js';
import { assertEventStream } from '../assert-event-stream.js';
import { classifyProviderFailure } from '../classify-provider-failure.js';
import { classifyTransportFailure } from '../classify-transport-failure.js';
import { streamResponse } from '../stream-response.js';
import type { CallLimits } from '../stream-response.js';
import { watchWire } from '../wire-watch.js';
import { createAnthropicFold } from './anthropic-fold.js';
import { createAnthropicEventReader } from './from-anthropic-event.js';
import { toAnthropicRequest } from './to-anthropic-request.js';

export interface AnthropicModelOptions {
  readonly client: Anthropic;
  /** The SDK's classes of errors; the SDK itself is loaded late. */
  readonly sdk: { readonly APIError: typeof APIError; readonly APIConnectionTimeoutError: typeof APIConnectionTimeoutError };
  readonly baseUrl: string;
  /** Whether Anthropic is told what to keep for the next request. */
  readonly cachesPrompts: boolean;
  readonly secrets: readonly string[];
  readonly limits: CallLimits;
}

const provider = 'anthropic';
const countTimeoutMs = 4000;

/** Claude, by Anthropic's own API. */
export function createAnthropicLanguageModel(options: AnthropicModelOptions): LanguageModel {
  return {
    requestBody: request => Promise.resolve(toAnthropicRequest(request, options.cachesPrompts)),
    async counting(request, signal) {
      try {
        const { input_tokens: tokens } = await options.client.messages.countTokens(countable(request), { signal, timeout: countTimeoutMs });
        return { kind: 'prompt', tokens };
      } catch (error) {
        throw classifyAnthropicError(error, options);
      }
    },
    complete: (request, onDelta, signal, observer) =>
      streamResponse({
        provider,
        open: async stop => {
          const body = toAnthropicRequest(request, options.cachesPrompts);
          observer?.sent(body);
          const answer = await options.client.messages.create(body, { signal: stop }).withResponse();
          return assertEventStream(answer, { provider, baseUrl: options.baseUrl, secrets: options.secrets });
        },
        watch: watchWire(observer, createAnthropicFold),
        toPieces: createAnthropicEventReader(),
        classify: error => classifyAnthropicError(error, options),
        onDelta,
        signal,
        limits: options.limits,
      }),
  };
}

/** What goes into a prompt of the request that would be sent. */
function countable(request: ModelRequest): MessageCountTokensParams {
  const { model, messages, system, tools, tool_choice, thinking } = toAnthropicRequest(request);
  return {
    model,
    messages,
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined ? {} : { tools }),
    ...(tool_choice === undefined ? {} : { tool_choice }),
    ...(thinking === undefined ? {} : { thinking }),
  };
}

function classifyAnthropicError(error: unknown, { baseUrl, secrets, sdk }: AnthropicModelOptions): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof sdk.APIConnectionTimeoutError) {
    return new ModelError({ kind: 'llm_timeout', message: `${provider}: no answer in time`, retryable: true });
  }
  if (error instanceof sdk.APIError && (error.status !== undefined || error.error !== undefined)) {
    const { type, message } = bodyOf(error.error);
    const status: unknown = error.status;
    const headers: unknown = error.headers;
    return classifyProviderFailure({
      provider,
      baseUrl,
      secrets,
      status: typeof status === 'number' ? status : undefined,
      headers: headers instanceof Headers ? headers : undefined,
      message: message ?? error.message,
      code: type ?? '',
    });
  }
  return classifyTransportFailure(error, provider, secrets);
}

/** `{type: 'error', error: {type, message}}`, as an answer and as an event of a stream. */
function bodyOf(body: unknown): { readonly type?: string; readonly message?: string } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  const inner = body.error;
  if (typeof inner !== 'object' || inner === null) return {};
  return {
    ...('type' in inner && typeof inner.type === 'string' ? { type: inner.type } : {}),
    ...('message' in inner && typeof inner.message === 'string' ? { message: inner.message } : {}),
  };
}
