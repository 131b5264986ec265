import assert from 'node:assert/strict';
import type { AssistantPart, ToolCall } from '../../src/domain/messages/content.js';
import { plainMessage } from '../../src/domain/messages/message.js';
import type { ModelMessage } from '../../src/domain/messages/message.js';
import { messageSegments } from '../../src/domain/messages/message-segments.js';
import type { LanguageModel, ModelDelta, ModelRequest, ModelResponse, ToolSchema } from '../../src/domain/model/language-model.js';
import type { ModelConfig } from '../../src/domain/model/model-config.js';
import { ModelError } from '../../src/domain/model/model-error.js';
import { modelConfig } from '../../src/providers/model-source.js';

const base = {
  id: 'message-1',
  agentId: 'agent-1',
  conversationId: 'conv-1',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...plainMessage,
};

export const system = (text: string): ModelMessage => ({ ...base, role: 'system', content: [{ type: 'text', text }] });
export const user = (text: string): ModelMessage => ({ ...base, role: 'user', content: [{ type: 'text', text }] });
export const picture = (data: string): ModelMessage => ({
  ...base,
  role: 'user',
  content: [
    { type: 'text', text: 'look' },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data, detail: 'low' } },
  ],
});
export const summary = (text: string): ModelMessage => ({ ...base, role: 'summary', content: [{ type: 'text', text }] });

export function assistant(model: string, content: readonly AssistantPart[], toolCalls: readonly ToolCall[] = []): ModelMessage {
  return { ...base, role: 'assistant', model, content, toolCalls };
}

export function returns(...entries: readonly (readonly [id: string, content: string, status?: 'success' | 'error'])[]): ModelMessage {
  return {
    ...base,
    role: 'tool',
    toolReturns: entries.map(([toolCallId, content, status]) => {
      return { toolCallId, toolName: 'add', status: status ?? 'success', content, stdout: null, stderr: null };
    }),
  };
}

export const text = (value: string): AssistantPart => ({ type: 'text', text: value });
export const call = (id: string, args = '{"a":1}', name = 'add'): ToolCall => ({ id, name, arguments: args });

export const addTool: ToolSchema = {
  name: 'add',
  description: 'Adds',
  parameters: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
};

export function config(model: string, fields: Partial<ModelConfig> = {}): ModelConfig {
  const place = { modelEndpointType: 'openai', modelEndpoint: 'https://api.openai.com/v1', providerName: 'openai', contextWindow: 8000 };
  return { ...modelConfig({ ...place, model }), ...fields };
}

export function request(model: ModelConfig, messages: readonly ModelMessage[], fields: Partial<ModelRequest> = {}): ModelRequest {
  return { config: model, messages, tools: [], toolChoice: { type: 'auto' }, parallelToolCalls: false, user: null, ...fields };
}

/** Calls the model and checks what every adapter promises: the joined deltas are the response. */
export async function complete(model: LanguageModel, wanted: ModelRequest, signal = new AbortController().signal): Promise<ModelResponse> {
  const deltas: ModelDelta[] = [];
  const response = await model.complete(wanted, delta => deltas.push(delta), signal);
  assertDeltasEqual(deltas, response);
  return response;
}

export function assertDeltasEqual(deltas: readonly ModelDelta[], response: ModelResponse): void {
  const segments = messageSegments(response.content);
  const told = (kind: 'text' | 'reasoning'): string => deltas.map(delta => (delta.type === kind ? delta.text : '')).join('');
  const stored = (kind: 'text' | 'reasoning'): string => segments.map(segment => (segment.kind === kind ? segment.text : '')).join('');
  assert.equal(told('text'), stored('text'));
  assert.equal(told('reasoning'), stored('reasoning'));
  assert.equal(
    deltas.filter(delta => delta.type === 'hidden_reasoning').length,
    segments.filter(segment => segment.kind === 'hidden_reasoning').length,
  );
  for (const wanted of response.toolCalls) {
    const own = deltas.filter(delta => delta.type === 'tool_call' && delta.id === wanted.id);
    assert.ok(own.every(delta => delta.type === 'tool_call' && delta.name === wanted.name));
    assert.equal(own.map(delta => (delta.type === 'tool_call' ? delta.argumentsDelta : '')).join(''), wanted.arguments);
  }
}

export async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ModelError, String(error));
  return error;
}
