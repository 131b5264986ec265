import { plainMessage } from '../messages/message.js';
import type { ModelMessage } from '../messages/message.js';
import type { ModelRequest, ModelResponse } from '../model/language-model.js';
import type { ModelConfig } from '../model/model-config.js';
import { ModelError } from '../model/model-error.js';
import type { GenerationRequest } from './generation.js';

/** By this tool a model answers in the form of a schema: every provider knows tools, and holds a model to one. */
const answerTool = 'structured_output';

/** The one call of a generation: no context, no tools of the agent. */
export function toModelRequest({ prompt, systemPrompt, responseSchema }: GenerationRequest, config: ModelConfig): ModelRequest {
  const answer = {
    name: answerTool,
    description: 'Gives the answer in the form that was asked for.',
    parameters: responseSchema ?? {},
  };
  return {
    config: { ...config, responseFormat: null, putInnerThoughtsInKwargs: false },
    messages: [...(systemPrompt === null ? [] : [toMessage('system', systemPrompt)]), toMessage('user', prompt)],
    tools: responseSchema === null ? [] : [answer],
    toolChoice: responseSchema === null ? { type: 'none' } : { type: 'tool', name: answerTool },
    parallelToolCalls: false,
    user: null,
  };
}

function toMessage(role: 'system' | 'user', text: string): ModelMessage {
  return {
    ...plainMessage,
    id: `message-generation-${role}`,
    agentId: '',
    conversationId: '',
    createdAt: new Date(0).toISOString(),
    role,
    content: [{ type: 'text', text }],
  };
}

/** What the model has said. Throws ModelError where that is nothing, or not in the form that was asked for. */
export function textOfResponse({ responseSchema }: GenerationRequest, { content, toolCalls, finishReason }: ModelResponse): string {
  if (finishReason === 'content_filter')
    throw new ModelError({ kind: 'llm_content_filter', message: 'The provider withheld the answer', retryable: false });
  const call = responseSchema === null ? undefined : toolCalls.find(({ name }) => name === answerTool);
  const text = call?.arguments ?? content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');
  if (text.trim() === '') throw new ModelError({ kind: 'llm_empty_response', message: 'The model said nothing', retryable: true });
  if (responseSchema !== null && !isObject(text))
    throw new ModelError({ kind: 'llm_invalid_response', message: 'The model did not answer in the form of the schema', retryable: true });
  return text;
}

/** Models that cannot be held to a tool write the object as text. */
function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
