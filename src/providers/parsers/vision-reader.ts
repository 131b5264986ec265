import { UnreadableDocument } from '../../domain/files/document-parser.js';
import { plainMessage } from '../../domain/messages/message.js';
import type { ModelRequest } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { PictureReader } from './create-document-parser.js';

const wish =
  'Write down what this image shows, as Markdown, for a reader who cannot see it. Copy all text in it word for word and keep its order, its tables as tables. ' +
  'Describe in a few sentences what is no text. Write nothing else.';

/** Has a language model that sees read images. */
export function createVisionReader(models: Pick<ModelCatalog, 'resolveModel' | 'languageModel'>, handle: string): PictureReader {
  return {
    async read(bytes, mediaType, signal) {
      const config = await models.resolveModel(handle);
      if (config === null)
        throw new UnreadableDocument(`Images are read by the model ${handle}, which this server does not have: see PERDURA_VISION_MODEL.`);
      const { content, finishReason } = await models
        .languageModel(config)
        .complete(toRequest(config, bytes, mediaType), () => undefined, signal)
        .catch(toUnreadable);
      if (finishReason === 'cancelled')
        throw new ModelError({ kind: 'llm_connection', message: 'The call of the model was broken off', retryable: true });
      if (finishReason === 'content_filter') throw new UnreadableDocument('The model withheld what the image shows.');
      const text = content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');
      if (text.trim() === '') throw new UnreadableDocument('The model saw nothing in the image.');
      return text;
    },
  };
}

function toUnreadable(error: unknown): never {
  if (error instanceof ModelError && error.refusesInput) throw new UnreadableDocument(`The model cannot read the image: ${error.message}`);
  throw error;
}

function toRequest(config: ModelConfig, bytes: Buffer, mediaType: string): ModelRequest {
  return {
    config: { ...config, responseFormat: null },
    messages: [
      {
        ...plainMessage,
        id: 'message-vision',
        agentId: '',
        conversationId: '',
        createdAt: new Date(0).toISOString(),
        role: 'user',
        content: [
          { type: 'text', text: wish },
          { type: 'image', source: { type: 'base64', mediaType, data: bytes.toString('base64') } },
        ],
      },
    ],
    tools: [],
    toolChoice: { type: 'none' },
    parallelToolCalls: false,
    user: null,
  };
}
