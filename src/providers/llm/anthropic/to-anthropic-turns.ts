import type { ContentBlockParam, ImageBlockParam, TextBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { AssistantPart, ImagePart, ToolReturn, UserPart } from '../../../domain/messages/content.js';
import type { ModelMessage } from '../../../domain/messages/message.js';
import type { ModelRequest } from '../../../domain/model/language-model.js';
import { isOwnReasoning } from '../message-text.js';
import { argumentsObject } from '../sendable-arguments.js';
import { createToolCallIds } from '../tool-call-ids.js';
import type { ToolCallIds } from '../tool-call-ids.js';

/** A message of Anthropic's: all that one side says before the other does. */
export interface AnthropicTurn {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlockParam[];
}

const idRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };

/** The history as turns of user and assistant, the user's first and last. With `thinks`, the model gets its own earlier thoughts back. */
export function toAnthropicTurns(request: ModelRequest, messages: readonly ModelMessage[], thinks: boolean): AnthropicTurn[] {
  const ids = createToolCallIds(idRules);
  return alternate(messages.flatMap(message => toTurns(request, message, ids, thinks)));
}

/**
 * Whether the history ends within a chain of tool calls in which the model never thought (another model began it): with a thinking budget, it would
 * have to have.
 */
export function endsInThoughtlessChain(turns: readonly AnthropicTurn[]): boolean {
  const chainStart = turns.findLastIndex(turn => turn.role === 'user' && turn.content.some(block => block.type !== 'tool_result'));
  const chain = turns.slice(chainStart + 1);
  const thoughts = chain.flatMap(turn => turn.content).filter(block => block.type === 'thinking' || block.type === 'redacted_thinking');
  return chain.length > 0 && thoughts.length === 0;
}

function toTurns(request: ModelRequest, message: ModelMessage, ids: ToolCallIds, thinks: boolean): AnthropicTurn[] {
  switch (message.role) {
    // What the system tells within the conversation; its instructions stand apart.
    case 'system':
    case 'user':
    case 'summary':
      return [{ role: 'user', content: nonEmpty(message.content.flatMap(toUserBlock)) }];
    case 'assistant': {
      const isOwn = thinks && isOwnReasoning(request, message);
      const content: ContentBlockParam[] = [
        ...message.content.flatMap(part => toAssistantBlock(part, isOwn)),
        ...message.toolCalls.map(call => ({
          type: 'tool_use' as const,
          id: ids.call(call.id),
          name: call.name,
          input: argumentsObject(call.arguments),
        })),
      ];
      return hasSubstance(content) ? [{ role: 'assistant', content }] : [];
    }
    case 'tool': {
      const content = message.toolReturns.flatMap(entry => {
        const id = ids.result(entry.toolCallId);
        if (id === null) return [];
        return [{ type: 'tool_result' as const, tool_use_id: id, content: toResult(entry), is_error: entry.status === 'error' }];
      });
      return content.length === 0 ? [] : [{ role: 'user', content }];
    }
  }
}

function toResult({ content, images }: ToolReturn): string | (TextBlockParam | ImageBlockParam)[] {
  if (images === undefined || images.length === 0) return content;
  return [{ type: 'text', text: content }, ...images.map(toImageBlock)];
}

/** Thoughts that led to nothing (the response was cut off) are no turn. */
function hasSubstance(content: readonly ContentBlockParam[]): boolean {
  return content.some(block => block.type !== 'thinking' && block.type !== 'redacted_thinking');
}

function toUserBlock(part: UserPart): ContentBlockParam[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
  return [toImageBlock(part)];
}

function toImageBlock({ source }: ImagePart): ImageBlockParam {
  return { type: 'image', source: { type: 'base64', media_type: imageType(source.mediaType), data: source.data } };
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

/** Neighbours of one role become one turn. An assistant's turn at the end would be taken for the beginning of the answer, or refused. */
function alternate(turns: readonly AnthropicTurn[]): AnthropicTurn[] {
  const result: AnthropicTurn[] = [];
  for (const { role, content } of turns) {
    const last = result.at(-1);
    if (last?.role === role) last.content.push(...content);
    else result.push({ role, content: [...content] });
  }
  const opening = result[0]?.role === 'user' ? [] : [says('(the conversation begins)')];
  const closing = result.at(-1)?.role === 'assistant' ? [says('(continue)')] : [];
  return [...opening, ...result, ...closing];
}

function says(text: string): AnthropicTurn {
  return { role: 'user', content: [{ type: 'text', text }] };
}
