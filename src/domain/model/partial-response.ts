import type { AssistantPart } from '../messages/content.js';
import type { ModelDelta, ModelResponse } from './language-model.js';

/** What a call has said that nobody is left to end, from the pieces that were told of it: it shows what they showed. Calls have not run and are left out. */
export function partialResponse(deltas: readonly ModelDelta[]): ModelResponse {
  const content: AssistantPart[] = [];
  for (const delta of deltas) {
    const last = content.at(-1);
    const part = last === undefined ? null : continued(last, delta);
    if (part !== null) content[content.length - 1] = part;
    else content.push(...firstOf(delta));
  }
  const unknown = { cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null };
  return {
    content,
    toolCalls: [],
    finishReason: 'cancelled',
    usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, ...unknown },
  };
}

function continued(last: AssistantPart, delta: ModelDelta): AssistantPart | null {
  if (last.type === 'text' && delta.type === 'text') return { ...last, text: last.text + delta.text };
  if (last.type === 'reasoning' && delta.type === 'reasoning') return { ...last, reasoning: last.reasoning + delta.text };
  return null;
}

function firstOf(delta: ModelDelta): AssistantPart[] {
  switch (delta.type) {
    case 'text':
      return [{ type: 'text', text: delta.text }];
    case 'reasoning':
      return [{ type: 'reasoning', isNative: true, reasoning: delta.text }];
    case 'hidden_reasoning':
      return [delta.state === 'redacted' ? { type: 'redacted_reasoning', data: delta.data ?? '' } : { type: 'omitted_reasoning' }];
    case 'tool_call':
      return [];
  }
}
