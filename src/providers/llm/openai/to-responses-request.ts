import type { ResponseCreateParamsStreaming, ResponseInputItem } from 'openai/resources/responses/responses';
import type { Reasoning } from 'openai/resources/shared';
import type { AssistantPart, ToolReturn, UserPart } from '../../../domain/messages/content.js';
import type { ModelMessage } from '../../../domain/messages/message.js';
import type { ModelRequest, ToolChoice } from '../../../domain/model/language-model.js';
import type { ReasoningEffort, ResponseFormat } from '../../../domain/model/model-config.js';
import { imageDetail, imageUrl, isOwnReasoning, plainText, splitSystem } from '../message-text.js';
import { argumentsText } from '../sendable-arguments.js';
import { createToolCallIds } from '../tool-call-ids.js';
import type { ToolCallIds } from '../tool-call-ids.js';
import { isReasoningModel } from './reasoning-models.js';

const idRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };

/** A request in the form of OpenAI's Responses. Nothing is kept there: reasoning comes back encrypted and goes out again with the history. */
export function toResponsesRequest(request: ModelRequest): ResponseCreateParamsStreaming {
  const { config } = request;
  const reasons = isReasoningModel(config.model);
  const ids = createToolCallIds(idRules);
  const { system, rest } = splitSystem(request.messages);
  const text = {
    ...(config.verbosity === null || !reasons ? {} : { verbosity: config.verbosity }),
    ...(config.responseFormat === null ? {} : { format: toFormat(config.responseFormat) }),
  };
  return {
    model: config.model,
    stream: true,
    store: false,
    ...(system === '' ? {} : { instructions: system }),
    input: rest.flatMap(message => toInputItems(request, message, ids)),
    ...(request.tools.length === 0
      ? {}
      : {
          tools: request.tools.map(tool => ({
            type: 'function' as const,
            name: tool.name,
            description: tool.description,
            parameters: { ...tool.parameters },
            strict: config.strict,
          })),
          tool_choice: toToolChoice(request.toolChoice),
          parallel_tool_calls: request.parallelToolCalls,
        }),
    ...(reasons ? { include: ['reasoning.encrypted_content' as const], reasoning: toReasoning(config.reasoningEffort) } : {}),
    ...(config.maxTokens === null ? {} : { max_output_tokens: config.maxTokens }),
    ...(config.temperature === null || reasons ? {} : { temperature: config.temperature }),
    ...(Object.keys(text).length === 0 ? {} : { text }),
    ...(request.user === null ? {} : { safety_identifier: request.user }),
  };
}

/** `auto` is the most detailed summary that the model can give. */
function toReasoning(effort: ReasoningEffort | null): Reasoning {
  if (effort === 'none') return { effort };
  return { summary: 'auto', ...(effort === null ? {} : { effort }) };
}

function toInputItems(request: ModelRequest, message: ModelMessage, ids: ToolCallIds): ResponseInputItem[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'developer', content: plainText(message.content) }];
    case 'user':
    case 'summary':
      return [{ role: 'user', content: message.content.map(toInputPart) }];
    case 'assistant':
      return withoutTrailingReasoning([
        ...message.content.flatMap(part => toOutputItem(part, isOwnReasoning(request, message))),
        ...message.toolCalls.map(call => ({
          type: 'function_call' as const,
          call_id: ids.call(call.id),
          name: call.name,
          arguments: argumentsText(call.arguments),
        })),
      ]);
    case 'tool':
      return message.toolReturns.flatMap(entry => {
        const id = ids.result(entry.toolCallId);
        return id === null ? [] : [{ type: 'function_call_output' as const, call_id: id, output: toOutput(entry) }];
      });
  }
}

function toOutput({ content, images }: ToolReturn) {
  if (images === undefined || images.length === 0) return content;
  return [{ type: 'input_text' as const, text: content }, ...images.map(toInputPart)];
}

function toInputPart(part: UserPart) {
  return part.type === 'text'
    ? { type: 'input_text' as const, text: part.text }
    : { type: 'input_image' as const, image_url: imageUrl(part), detail: imageDetail(part) ?? ('auto' as const) };
}

/** OpenAI refuses a reasoning item without what it led to; a response that was cut off may end with one. */
function withoutTrailingReasoning(items: readonly ResponseInputItem[]): ResponseInputItem[] {
  const lastOther = items.findLastIndex(item => item.type !== 'reasoning');
  return items.slice(0, lastOther + 1);
}

function toOutputItem(part: AssistantPart, isOwn: boolean): ResponseInputItem[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ role: 'assistant', content: part.text }];
  if (part.type !== 'summarized_reasoning' || !isOwn || part.encryptedContent === undefined) return [];
  return [
    {
      type: 'reasoning',
      id: part.id,
      summary: part.summary.map(entry => ({ type: 'summary_text' as const, text: entry.text })),
      encrypted_content: part.encryptedContent,
    },
  ];
}

function toToolChoice(choice: ToolChoice): NonNullable<ResponseCreateParamsStreaming['tool_choice']> {
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type;
}

function toFormat(format: ResponseFormat) {
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, schema, strict } = format.jsonSchema;
  const inner = typeof schema === 'object' && schema !== null ? { ...schema } : { ...format.jsonSchema };
  return {
    type: 'json_schema' as const,
    name: typeof name === 'string' ? name : 'response',
    schema: inner,
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}
