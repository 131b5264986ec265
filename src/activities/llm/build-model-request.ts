import { agentTypeTraits, defaultAgentType, isAgentType } from '../../domain/agents/agent-type.js';
import type { AgentTypeTraits } from '../../domain/agents/agent-type.js';
import { loopTraits } from '../../domain/agents/loop-traits.js';
import type { Message } from '../../domain/messages/message.js';
import type { ModelRequest, ToolChoice } from '../../domain/model/language-model.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { offerTool } from '../../domain/tools/tool-schema.js';
import { capToolReturn } from '../../domain/tools/pack-tool-return.js';
import type { ModelCallContext } from '../../repositories/model-calls.repository.js';

/** What is sent to the model of an agent: its context, its tools in the form of its type, and how free it is to call them. */
export function buildModelRequest(context: ModelCallContext, config: ModelConfig): ModelRequest {
  const traits = traitsOf(context);
  const style = {
    requestsHeartbeats: traits.requestsHeartbeats,
    thoughtsInArguments: asksForThoughts(context, config),
    exitTools: loopTraits(context.agentType, context.toolRules).exitTools,
    strict: config.strict,
    responseFormat: traits.speaksBySendMessage ? config.responseFormat : null,
  };
  const tools = context.tools.map(tool =>
    offerTool(
      {
        name: tool.name,
        description: tool.jsonSchema.description ?? tool.description ?? '',
        parameters: tool.jsonSchema.parameters ?? { type: 'object', properties: {} },
      },
      style,
    ),
  );
  return {
    config: traits.speaksBySendMessage ? { ...config, responseFormat: null } : config,
    messages: withSystemOverride(
      context.messages.map(message => capReturns(message, config.contextWindow)),
      context.options.overrideSystem,
    ),
    tools,
    toolChoice: choose(traits.requiresToolCall, tools.length),
    parallelToolCalls: traits.allowsParallelToolCalls && config.parallelToolCalls,
    user: null,
  };
}

/** Whether the model is to write its thoughts as an argument of each call. */
export function asksForThoughts(context: ModelCallContext, config: ModelConfig): boolean {
  return traitsOf(context).allowsThoughtsInArguments && config.putInnerThoughtsInKwargs;
}

function traitsOf({ agentType }: ModelCallContext): AgentTypeTraits {
  return agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
}

function choose(requiresToolCall: boolean, toolCount: number): ToolChoice {
  return requiresToolCall && toolCount > 0 ? { type: 'required' } : { type: 'auto' };
}

function capReturns(message: Message, contextWindow: number): Message {
  if (message.role !== 'tool') return message;
  return {
    ...message,
    toolReturns: message.toolReturns.map(entry => ({ ...entry, content: capToolReturn(entry.content, contextWindow) })),
  };
}

function withSystemOverride(messages: readonly Message[], override: string | null): readonly Message[] {
  const [first, ...rest] = messages;
  if (override === null || first?.role !== 'system') return messages;
  return [{ ...first, content: [{ type: 'text', text: override }] }, ...rest];
}
