import type {
  MessageCreateParamsStreaming,
  OutputConfig,
  ThinkingConfigParam,
  Tool,
  ToolChoice as AnthropicToolChoice,
} from '@anthropic-ai/sdk/resources/messages';
import type { ModelRequest, ToolSchema } from '../../../domain/model/language-model.js';
import type { ModelConfig } from '../../../domain/model/model-config.js';
import { splitSystem } from '../message-text.js';
import { canTurnThinkingOff, takesEffort, thinkingForm } from './thinking-form.js';
import type { ThinkingForm } from './thinking-form.js';
import { endsInThoughtlessChain, toAnthropicTurns } from './to-anthropic-turns.js';
import type { AnthropicTurn } from './to-anthropic-turns.js';

/** Anthropic wants an output limit with every request. Adaptive thoughts count within it. */
const defaultMaxTokens = 4096;
const adaptiveMaxTokens = 16_384;
const smallestThinkingBudget = 1024;
const marker = { cache_control: { type: 'ephemeral' as const } };

/**
 * A request in the form of Anthropic's messages, with tools, system message and the history so far as cached prefixes, unless caching is not wanted:
 * four markers, which is the most that the API takes. There is no temperature: the API takes none since its version 2026-10-21, not even the default.
 */
export function toAnthropicRequest(request: ModelRequest, caches = true): MessageCreateParamsStreaming {
  const { config } = request;
  const cached = caches ? marker : {};
  const { system, rest } = splitSystem(request.messages);
  const wanted = wantedForm(config);
  const turns = toAnthropicTurns(request, rest, wanted !== 'none');
  const form = wanted === 'budget' && endsInThoughtlessChain(turns) ? 'none' : wanted;
  const output = toOutputConfig(config);
  return {
    model: config.model,
    stream: true,
    max_tokens: maxTokens(config, form),
    ...(system.trim() === '' ? {} : { system: [{ type: 'text', text: system, ...cached }] }),
    messages: markEnds(form === wanted ? turns : toAnthropicTurns(request, rest, false), cached),
    ...(request.tools.length === 0
      ? {}
      : { tools: toTools(request.tools, config.strict, cached), tool_choice: toToolChoice(request, form) }),
    ...toThinking(config, form),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
    ...(request.user === null ? {} : { metadata: { user_id: request.user } }),
  };
}

function wantedForm({ model, enableReasoner, maxReasoningTokens }: ModelConfig): ThinkingForm {
  if (!enableReasoner) return 'none';
  if (thinkingForm(model) === 'adaptive') return 'adaptive';
  return maxReasoningTokens > 0 ? 'budget' : 'none';
}

function budgetOf({ maxReasoningTokens }: ModelConfig): number {
  return Math.max(smallestThinkingBudget, maxReasoningTokens);
}

function maxTokens(config: ModelConfig, form: ThinkingForm): number {
  const limit = config.maxTokens ?? (form === 'adaptive' ? adaptiveMaxTokens : defaultMaxTokens);
  const budget = budgetOf(config);
  return form === 'budget' && limit <= budget ? budget + limit : limit;
}

function toThinking(config: ModelConfig, form: ThinkingForm): { readonly thinking?: ThinkingConfigParam } {
  switch (form) {
    case 'adaptive':
      // Newer models hide their thoughts unless asked for them.
      return { thinking: { type: 'adaptive', display: 'summarized' } };
    case 'budget':
      return { thinking: { type: 'enabled', budget_tokens: budgetOf(config) } };
    case 'none':
      return canTurnThinkingOff(config.model) ? { thinking: { type: 'disabled' } } : {};
  }
}

function toOutputConfig({ model, effort, responseFormat }: ModelConfig): OutputConfig {
  return {
    ...(effort === null || !takesEffort(model) ? {} : { effort }),
    ...(responseFormat?.type === 'json_schema' ? { format: { type: 'json_schema', schema: innerSchema(responseFormat.jsonSchema) } } : {}),
  };
}

/** The schema itself; OpenAI's form wraps it with a name. */
function innerSchema(jsonSchema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inner = jsonSchema['schema'];
  return typeof inner === 'object' && inner !== null ? { ...inner } : { ...jsonSchema };
}

type Marker = Partial<typeof marker>;

/**
 * The end of the history is where the next request's cached prefix ends. That of the request before is marked once more: from a marker the API looks
 * only a few blocks back for what it has cached, and a step with many calls has more.
 */
function markEnds(turns: AnthropicTurn[], cached: Marker): AnthropicTurn[] {
  for (const { content } of turns.filter(turn => turn.role === 'user').slice(-2)) {
    const block = content.at(-1);
    if (block?.type === 'text' || block?.type === 'tool_result' || block?.type === 'image')
      content[content.length - 1] = { ...block, ...cached };
  }
  return turns;
}

/** The last one is marked: tools stay the same when a memory edit changes the system message behind them. */
function toTools(tools: readonly ToolSchema[], strict: boolean, cached: Marker): Tool[] {
  return tools.map(({ name, description, parameters }, index) => ({
    name,
    description,
    input_schema: { ...parameters, type: 'object' },
    ...(strict ? { strict } : {}),
    ...(index === tools.length - 1 ? cached : {}),
  }));
}

/** Forcing a call does not go together with thinking. */
function toToolChoice({ toolChoice, parallelToolCalls }: ModelRequest, form: ThinkingForm): AnthropicToolChoice {
  const parallel = parallelToolCalls ? {} : { disable_parallel_tool_use: true };
  const thinks = form !== 'none';
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
