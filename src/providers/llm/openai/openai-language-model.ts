import type OpenAI from 'openai';
import type { LanguageModel } from '../../../domain/model/language-model.js';
import { assertEventStream } from '../assert-event-stream.js';
import { streamResponse } from '../stream-response.js';
import type { CallLimits } from '../stream-response.js';
import { watchWire } from '../wire-watch.js';
import { createChatFold } from './chat-fold.js';
import { classifyOpenAiError } from './classify-openai-error.js';
import type { OpenAiPlace } from './classify-openai-error.js';
import { createChatEventReader } from './from-chat-event.js';
import { fromResponsesEvent } from './from-responses-event.js';
import { openAiTokenizer } from './openai-tokenizer.js';
import type { OpenAiProtocol } from './openai-protocol.js';
import { createResponsesFold } from './responses-fold.js';
import { isReasoningModel } from './reasoning-models.js';
import { toChatRequest } from './to-chat-request.js';
import { toResponsesRequest } from './to-responses-request.js';

export interface OpenAiModelOptions extends OpenAiPlace {
  readonly client: OpenAI;
  readonly protocol: OpenAiProtocol;
  readonly limits: CallLimits;
}

/** Models behind OpenAI's API or one like it. */
export function createOpenAiLanguageModel({ client, protocol, limits, ...place }: OpenAiModelOptions): LanguageModel {
  const { providerName: provider, baseUrl, secrets } = place;
  const server = { provider, baseUrl, secrets };
  return {
    requestBody: request => Promise.resolve(protocol === 'chat' ? toChatRequest(request) : toResponsesRequest(request)),
    async counting({ config }) {
      const count = await openAiTokenizer(config.model);
      return count === null ? null : { kind: 'texts', count };
    },
    complete(request, onDelta, signal, observer) {
      const shared = { provider, classify: (error: unknown) => classifyOpenAiError(error, place), onDelta, signal, limits };
      const { model, reasoningEffort } = request.config;
      return protocol === 'chat'
        ? streamResponse({
            ...shared,
            open: async stop => {
              const body = toChatRequest(request);
              observer?.sent(body);
              return assertEventStream(await client.chat.completions.create(body, { signal: stop }).withResponse(), server);
            },
            watch: watchWire(observer, createChatFold),
            toPieces: createChatEventReader(isReasoningModel(model) && reasoningEffort !== 'none'),
          })
        : streamResponse({
            ...shared,
            open: async stop => {
              const body = toResponsesRequest(request);
              observer?.sent(body);
              return assertEventStream(await client.responses.create(body, { signal: stop }).withResponse(), server);
            },
            watch: watchWire(observer, createResponsesFold),
            toPieces: fromResponsesEvent,
          });
    },
  };
}
