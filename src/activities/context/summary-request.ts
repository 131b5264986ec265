import { createHash } from 'node:crypto';
import { isSelfWritten } from '../../domain/context-window/compaction-stage.js';
import type { CompactionMode, CompactionSettings } from '../../domain/context-window/compaction-settings.js';
import { promptAcknowledgement, selfAcknowledgement, summaryPrompts } from '../../domain/context-window/summary-prompt.js';
import { plainMessage } from '../../domain/messages/message.js';
import type { AssistantMessage, ModelMessage, UserMessage } from '../../domain/messages/message.js';
import type { ModelRequest } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';

/** A handle that nobody serves, such as one that only Letta's cloud knows, is no reason to let a conversation end: the agent's own model steps in. */
export async function chooseSummarizer(
  models: Pick<ModelCatalog, 'resolveModel'>,
  agent: ModelConfig,
  { model, configChanges }: CompactionSettings,
): Promise<ModelConfig> {
  if (model === null || model === agent.handle) return { ...agent, ...configChanges };
  const resolved = await models.resolveModel(model);
  return resolved === null ? agent : { ...resolved, ...configChanges };
}

/** The settings' own prompt is written for the agent itself or for a summarizer, as their mode is; the other kind gets ours. */
export function promptFor(settings: CompactionSettings, mode: CompactionMode): string {
  const own = isSelfWritten(mode) === isSelfWritten(settings.mode) ? settings.prompt : null;
  return own ?? summaryPrompts[mode];
}

/** To a model that sees nothing but the transcript. Null for the transcript gives the request without it. */
export function summaryRequest(
  config: ModelConfig,
  { promptAcknowledgement: isAcknowledged }: Pick<CompactionSettings, 'promptAcknowledgement'>,
  prompt: string,
  transcript: string,
): ModelRequest {
  return {
    config: { ...config, responseFormat: null },
    messages: [
      textMessage('system', prompt),
      ...(isAcknowledged ? [assistantMessage(config, promptAcknowledgement)] : []),
      textMessage('user', `<start_transcript>\n${transcript}\n<end_transcript>\n\nWrite the summary now.`),
    ],
    tools: [],
    toolChoice: { type: 'none' },
    parallelToolCalls: false,
    user: null,
  };
}

/** To the agent's own model, which sees the conversation as it always does: what its provider has cached of it is used again. */
export function selfRequest(request: ModelRequest, prompt: string): ModelRequest {
  const config = { ...request.config, responseFormat: null };
  const needsTurn = request.messages.at(-1)?.role !== 'assistant';
  return {
    ...request,
    config,
    messages: [...request.messages, ...(needsTurn ? [assistantMessage(config, selfAcknowledgement)] : []), textMessage('user', prompt)],
    toolChoice: { type: 'none' },
  };
}

/** The same request to the same model has the same key, whenever it is made. */
export function requestKey({ config, messages, tools }: ModelRequest): string {
  const bodies = messages.map(message =>
    'toolReturns' in message ? message.toolReturns : [message.role, message.content, callsOf(message)],
  );
  return createHash('sha256')
    .update(JSON.stringify([config.handle, bodies, tools]))
    .digest('hex');
}

function callsOf(message: ModelMessage): AssistantMessage['toolCalls'] {
  return message.role === 'assistant' ? message.toolCalls : [];
}

const place = { ...plainMessage, agentId: '', conversationId: '', createdAt: '1970-01-01T00:00:00.000Z' };

function textMessage(role: 'system' | 'user', text: string): ModelMessage {
  const message: Omit<UserMessage, 'role'> = { ...place, id: `message-summary-${role}`, content: [{ type: 'text', text }] };
  return { ...message, role };
}

function assistantMessage({ model }: ModelConfig, text: string): ModelMessage {
  return { ...place, id: 'message-summary-assistant', role: 'assistant', model, content: [{ type: 'text', text }], toolCalls: [] };
}
