import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { ModelMessage } from '../../../domain/messages/message.js';
import type { UserPart } from '../../../domain/messages/content.js';
import type { ModelRequest, ToolChoice, ToolSchema } from '../../../domain/model/language-model.js';
import type { ModelConfig, ResponseFormat } from '../../../domain/model/model-config.js';
import { imageDetail, imageUrl, plainText } from '../message-text.js';
import { argumentsText } from '../sendable-arguments.js';
import { createToolCallIds } from '../tool-call-ids.js';
import type { ToolCallIds } from '../tool-call-ids.js';
import { isOfficialOpenAi } from './openai-protocol.js';
import { isReasoningModel } from './reasoning-models.js';

/** OpenAI refuses longer ids. */
const idRules = { maxLength: 40, forbidden: /[^a-zA-Z0-9_-]/g };

/** A request in the form of OpenAI's chat completions. */
export function toChatRequest(request: ModelRequest): ChatCompletionCreateParamsStreaming {
  const { config } = request;
  const reasons = isReasoningModel(config.model);
  const ids = createToolCallIds(idRules);
  return {
    model: config.model,
    stream: true,
    stream_options: { include_usage: true },
    messages: request.messages.flatMap(message => toChatMessages(message, ids, reasons)),
    ...(request.tools.length === 0
      ? {}
      : {
          tools: request.tools.map(tool => toChatTool(tool, config.strict)),
          tool_choice: toToolChoice(request.toolChoice),
          ...(reasons ? {} : { parallel_tool_calls: request.parallelToolCalls }),
        }),
    ...toOutputLimit(config, reasons),
    ...(config.temperature === null || reasons ? {} : { temperature: config.temperature }),
    ...(config.frequencyPenalty === null || reasons ? {} : { frequency_penalty: config.frequencyPenalty }),
    ...(config.reasoningEffort === null || !reasons ? {} : { reasoning_effort: config.reasoningEffort }),
    ...(config.verbosity === null || !reasons ? {} : { verbosity: config.verbosity }),
    ...(config.responseFormat === null ? {} : { response_format: toResponseFormat(config.responseFormat) }),
    ...(request.user === null ? {} : { user: request.user }),
  };
}

/** OpenAI has renamed the limit; compatible servers know the old name. */
function toOutputLimit({ maxTokens, modelEndpoint }: ModelConfig, reasons: boolean) {
  if (maxTokens === null) return {};
  return reasons || isOfficialOpenAi(modelEndpoint) ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
}

function toChatMessages(message: ModelMessage, ids: ToolCallIds, reasons: boolean): ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'system':
      return [{ role: reasons ? 'developer' : 'system', content: plainText(message.content) }];
    case 'user':
    case 'summary':
      return [{ role: 'user', content: toUserContent(message.content), ...(message.name === null ? {} : { name: message.name }) }];
    case 'assistant': {
      const text = plainText(message.content);
      if (message.toolCalls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
      const calls = message.toolCalls.map(call => ({
        id: ids.call(call.id),
        type: 'function' as const,
        function: { name: call.name, arguments: argumentsText(call.arguments) },
      }));
      return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }];
    }
    case 'tool': {
      const sent = message.toolReturns.flatMap(entry => {
        const id = ids.result(entry.toolCallId);
        return id === null ? [] : [{ id, entry }];
      });
      const returns = sent.map(({ id, entry }) => ({ role: 'tool' as const, tool_call_id: id, content: entry.content }));
      // A tool's message holds no image there, and nothing may come between the returns of one response.
      const images = sent.flatMap(({ entry }) => entry.images ?? []);
      return images.length === 0 ? returns : [...returns, { role: 'user', content: toUserContent([imagesFollow, ...images]) }];
    }
  }
}

const imagesFollow: UserPart = { type: 'text', text: 'The images that the tools returned:' };

function toUserContent(content: readonly UserPart[]): Extract<ChatCompletionMessageParam, { role: 'user' }>['content'] {
  if (content.every(part => part.type === 'text')) return plainText(content);
  return content.map(part => {
    if (part.type === 'text') return { type: 'text' as const, text: part.text };
    const detail = imageDetail(part);
    return { type: 'image_url' as const, image_url: { url: imageUrl(part), ...(detail === null ? {} : { detail }) } };
  });
}

function toChatTool(tool: ToolSchema, strict: boolean): ChatCompletionTool {
  const { name, description } = tool;
  return { type: 'function', function: { name, description, parameters: { ...tool.parameters }, ...(strict ? { strict } : {}) } };
}

function toToolChoice(choice: ToolChoice): NonNullable<ChatCompletionCreateParamsStreaming['tool_choice']> {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}

function toResponseFormat(format: ResponseFormat): NonNullable<ChatCompletionCreateParamsStreaming['response_format']> {
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, schema, strict } = format.jsonSchema;
  if (typeof name !== 'string') return { type: 'json_schema', json_schema: { name: 'response', schema: { ...format.jsonSchema } } };
  return {
    type: 'json_schema',
    json_schema: { name, ...(isRecord(schema) ? { schema } : {}), ...(typeof strict === 'boolean' ? { strict } : {}) },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
