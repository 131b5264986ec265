import type OpenAI from 'openai';
import type { LanguageModel } from '../../../domain/model/language-model.js';
import { streamResponse } from '../stream-response.js';
import { classifyOpenAiError } from './classify-openai-error.js';
import type { OpenAiPlace } from './classify-openai-error.js';
import { fromChatEvent } from './from-chat-event.js';
import { fromResponsesEvent } from './from-responses-event.js';
import { toChatRequest } from './to-chat-request.js';
import { toResponsesRequest } from './to-responses-request.js';

export interface OpenAiModelOptions extends OpenAiPlace {
  readonly client: OpenAI;
  readonly protocol: 'chat' | 'responses';
}

/** Models behind OpenAI's API or one like it. */
export function createOpenAiLanguageModel({ client, protocol, ...place }: OpenAiModelOptions): LanguageModel {
  return {
    complete(request, onDelta, signal) {
      const shared = { provider: place.providerName, classify: (error: unknown) => classifyOpenAiError(error, place), onDelta, signal };
      return protocol === 'chat'
        ? streamResponse({
            ...shared,
            open: () => client.chat.completions.create(toChatRequest(request), { signal }),
            toPieces: fromChatEvent,
          })
        : streamResponse({
            ...shared,
            open: () => client.responses.create(toResponsesRequest(request), { signal }),
            toPieces: fromResponsesEvent,
          });
    },
  };
}
