import type { ModelConfig } from '../model/model-config.js';

/** Anthropic's smallest thinking budget, in tokens: with less there is no thinking. */
const leastThinking = 1024;
/** Where a budget bounds an answer for which nobody has set a limit: what providers take for every model. Thoughts count within it. */
const plainOutput = 4096;
const thinkingOutput = 16_384;

/** The config of a call under a budget: it always has an output limit, thoughts included, of no more than `cap`. */
export function capOutput(config: ModelConfig, cap: number): ModelConfig {
  const wanted = config.maxTokens ?? (config.enableReasoner ? thinkingOutput : plainOutput);
  const maxTokens = Math.min(wanted, cap);
  if (!config.enableReasoner || config.maxReasoningTokens === 0) return { ...config, maxTokens };
  // A thinking budget that does not fit into the limit would come on top of it.
  if (maxTokens <= leastThinking) return { ...config, maxTokens, enableReasoner: false, maxReasoningTokens: 0 };
  return {
    ...config,
    maxTokens,
    maxReasoningTokens: Math.max(leastThinking, Math.min(config.maxReasoningTokens, Math.floor(maxTokens / 2))),
  };
}
