import type OpenAI from 'openai';
import type { LanguageModel } from '../../../domain/model/language-model.js';
import { assertNoPage } from '../assert-no-page.js';
import { streamResponse } from '../stream-response.js';
import { classifyOpenAiError } from './classify-openai-error.js';
import type { OpenAiPlace } from './classify-openai-error.js';
import { createChatEventReader } from './from-chat-event.js';
import { fromResponsesEvent } from './from-responses-event.js';
import type { OpenAiProtocol } from './openai-protocol.js';
import { isReasoningModel } from './reasoning-models.js';
import { toChatRequest } from './to-chat-request.js';
import { toResponsesRequest } from './to-responses-request.js';

export interface OpenAiModelOptions extends OpenAiPlace {
  readonly client: OpenAI;
  readonly protocol: OpenAiProtocol;
  readonly timeoutMs: number;
}

/** Models behind OpenAI's API or one like it. */
export function createOpenAiLanguageModel({ client, protocol, timeoutMs, ...place }: OpenAiModelOptions): LanguageModel {
  const { providerName: provider, baseUrl } = place;
  return {
    complete(request, onDelta, signal) {
      const shared = { provider, classify: (error: unknown) => classifyOpenAiError(error, place), onDelta, signal, timeoutMs };
      const { model, reasoningEffort } = request.config;
      return protocol === 'chat'
        ? streamResponse({
            ...shared,
            open: async stop =>
              assertNoPage(
                await client.chat.completions.create(toChatRequest(request), { signal: stop }).withResponse(),
                provider,
                baseUrl,
              ),
            toPieces: createChatEventReader(isReasoningModel(model) && reasoningEffort !== 'none'),
          })
        : streamResponse({
            ...shared,
            open: async stop =>
              assertNoPage(await client.responses.create(toResponsesRequest(request), { signal: stop }).withResponse(), provider, baseUrl),
            toPieces: fromResponsesEvent,
          });
    },
  };
}
