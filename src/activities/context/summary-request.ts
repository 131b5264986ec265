import type { Eviction } from '../../domain/context-window/choose-messages-to-summarize.js';
import type { CompactionSettings } from '../../domain/context-window/compaction-settings.js';
import { promptAcknowledgement, summaryPrompts } from '../../domain/context-window/summary-prompt.js';
import { renderTranscript } from '../../domain/context-window/transcript.js';
import type { ModelMessage, UserMessage } from '../../domain/messages/message.js';
import type { ModelRequest } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';

/** Of the window, in characters: what one request to summarize may carry. */
const transcriptShare = 0.6 * 4;

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

export interface SummaryTask extends Omit<UserMessage, 'id' | 'role' | 'content'> {
  readonly config: ModelConfig;
  readonly settings: CompactionSettings;
  readonly eviction: Eviction;
}

export function summaryRequest({ config, settings, eviction, ...place }: SummaryTask): ModelRequest {
  const message = (role: 'system' | 'user', text: string): ModelMessage => ({
    ...place,
    id: `message-summary-${role}`,
    role,
    content: [{ type: 'text', text }],
  });
  const acknowledgement: ModelMessage = {
    ...place,
    id: 'message-summary-assistant',
    role: 'assistant',
    model: config.model,
    content: [{ type: 'text', text: promptAcknowledgement }],
    toolCalls: [],
  };
  const transcript = renderTranscript(eviction.evicted, Math.floor(config.contextWindow * transcriptShare));
  return {
    config: { ...config, responseFormat: null },
    messages: [
      message('system', settings.prompt ?? summaryPrompts[eviction.mode]),
      ...(settings.promptAcknowledgement ? [acknowledgement] : []),
      message('user', `<start_transcript>\n${transcript}\n<end_transcript>\n\nWrite the summary now.`),
    ],
    tools: [],
    toolChoice: { type: 'none' },
    parallelToolCalls: false,
    user: null,
  };
}
