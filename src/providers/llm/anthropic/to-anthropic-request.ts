import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  Tool,
  ToolChoice as AnthropicToolChoice,
} from '@anthropic-ai/sdk/resources/messages';
import type { AssistantPart, UserPart } from '../../../domain/messages/content.js';
import type { Message } from '../../../domain/messages/message.js';
import type { ModelRequest, ToolSchema } from '../../../domain/model/language-model.js';
import { parseArguments } from '../../../domain/tools/parse-arguments.js';
import { isOwnReasoning, systemText } from '../message-text.js';
import { createToolCallIds } from '../tool-call-ids.js';
import type { ToolCallIds } from '../tool-call-ids.js';

const idRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };
interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlockParam[];
}

/** Anthropic wants an output limit with every request. */
const defaultMaxTokens = 4096;
const smallestThinkingBudget = 1024;
const cached = { cache_control: { type: 'ephemeral' as const } };

/** A request in the form of Anthropic's messages, with the system message and the history so far as cached prefixes. */
export function toAnthropicRequest(request: ModelRequest): MessageCreateParamsStreaming {
  const { config } = request;
  const ids = createToolCallIds(idRules);
  const thinks = config.enableReasoner && config.maxReasoningTokens > 0;
  const budget = Math.max(smallestThinkingBudget, config.maxReasoningTokens);
  const maxTokens = config.maxTokens ?? defaultMaxTokens;
  return {
    model: config.model,
    stream: true,
    max_tokens: thinks && maxTokens <= budget ? budget + maxTokens : maxTokens,
    system: [{ type: 'text', text: systemText(request.messages), ...cached }],
    messages: markLast(alternate(request.messages.flatMap(message => toMessageParams(request, message, ids, thinks)))),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toTool), tool_choice: toToolChoice(request, thinks) }),
    ...(thinks ? { thinking: { type: 'enabled' as const, budget_tokens: budget } } : {}),
    ...(config.temperature === null || thinks ? {} : { temperature: Math.min(1, config.temperature) }),
    ...(request.user === null ? {} : { metadata: { user_id: request.user } }),
  };
}

function toMessageParams(request: ModelRequest, message: Message, ids: ToolCallIds, thinks: boolean): Turn[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
    case 'summary':
      return [{ role: 'user', content: nonEmpty(message.content.flatMap(toUserBlock)) }];
    case 'assistant': {
      const isOwn = thinks && isOwnReasoning(request, message);
      const content = [
        ...message.content.flatMap(part => toAssistantBlock(part, isOwn)),
        ...message.toolCalls.map(call => ({
          type: 'tool_use' as const,
          id: ids.call(call.id),
          name: call.name,
          input: parsedInput(call.arguments),
        })),
      ];
      return content.length === 0 ? [] : [{ role: 'assistant', content }];
    }
    case 'tool': {
      const content = message.toolReturns.flatMap(entry => {
        const id = ids.result(entry.toolCallId);
        if (id === null) return [];
        return [{ type: 'tool_result' as const, tool_use_id: id, content: entry.content, is_error: entry.status === 'error' }];
      });
      return content.length === 0 ? [] : [{ role: 'user', content }];
    }
  }
}

/** The arguments as the model wrote them, those for the loop included; malformed ones cannot be sent back. */
function parsedInput(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return parseArguments(text).arguments;
  }
}

function toUserBlock(part: UserPart): ContentBlockParam[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
  const { source } = part;
  if (source.type === 'url') return [{ type: 'image', source: { type: 'url', url: source.url } }];
  return [{ type: 'image', source: { type: 'base64', media_type: imageType(source.mediaType), data: source.data } }];
}

function imageType(mediaType: string): 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp' {
  return mediaType === 'image/png' || mediaType === 'image/gif' || mediaType === 'image/webp' ? mediaType : 'image/jpeg';
}

function toAssistantBlock(part: AssistantPart, isOwn: boolean): ContentBlockParam[] {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return isOwn && part.signature !== undefined ? [{ type: 'thinking', thinking: part.reasoning, signature: part.signature }] : [];
    case 'redacted_reasoning':
      return isOwn ? [{ type: 'redacted_thinking', data: part.data }] : [];
    default:
      return [];
  }
}

function nonEmpty(content: ContentBlockParam[]): ContentBlockParam[] {
  return content.length > 0 ? content : [{ type: 'text', text: '(empty)' }];
}

/** Neighbours of one role become one message, and the first is the user's: Anthropic takes nothing else. */
function alternate(messages: readonly Turn[]): Turn[] {
  const result: Turn[] = [];
  for (const { role, content } of messages) {
    const last = result.at(-1);
    if (last?.role === role) last.content.push(...content);
    else result.push({ role, content: [...content] });
  }
  return result[0]?.role === 'user'
    ? result
    : [{ role: 'user', content: [{ type: 'text', text: '(the conversation begins)' }] }, ...result];
}

/** The end of the history is where the next request's cached prefix ends. */
function markLast(turns: Turn[]): Turn[] {
  const content = turns.at(-1)?.content ?? [];
  const block = content.at(-1);
  if (block?.type === 'text' || block?.type === 'tool_result') content[content.length - 1] = { ...block, ...cached };
  return turns;
}

function toTool(tool: ToolSchema): Tool {
  return { name: tool.name, description: tool.description, input_schema: { ...tool.parameters, type: 'object' } };
}

/** Forcing a call does not go together with thinking. */
function toToolChoice({ toolChoice, parallelToolCalls }: ModelRequest, thinks: boolean): AnthropicToolChoice {
  const parallel = parallelToolCalls ? {} : { disable_parallel_tool_use: true };
  switch (toolChoice.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return thinks ? { type: 'auto', ...parallel } : { type: 'any', ...parallel };
    case 'tool':
      return thinks ? { type: 'auto', ...parallel } : { type: 'tool', name: toolChoice.name, ...parallel };
    case 'auto':
      return { type: 'auto', ...parallel };
  }
}
