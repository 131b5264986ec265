import { agentTypeTraits, defaultAgentType, isAgentType } from '../../domain/agents/agent-type.js';
import type { AgentTypeTraits } from '../../domain/agents/agent-type.js';
import type { Message, ModelMessage } from '../../domain/messages/message.js';
import { toModelMessages } from '../../domain/messages/model-messages.js';
import type { ModelRequest, ToolChoice, ToolSchema } from '../../domain/model/language-model.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { allowsParallelCalls, exitTools } from '../../domain/tool-rules/loop-effect.js';
import type { RuleVerdict } from '../../domain/tool-rules/solve-tool-rules.js';
import { offerTool } from '../../domain/tools/tool-schema.js';
import { capToolReturn } from '../../domain/tools/pack-tool-return.js';
import { compileSkills } from '../../domain/prompt/compile-skills.js';
import type { RunOptions } from '../../domain/runs/run-request.js';
import type { ModelCallContext } from '../../repositories/model-calls.repository.js';

/** What a request is made of. */
export type RequestSources = Pick<ModelCallContext, 'agentType' | 'toolRules' | 'tools' | 'messages' | 'options'>;

/** What is sent to the model of an agent: its context, the tools that its rules allow now, in the form of its type, and how free it is to call them. */
export function buildModelRequest(context: RequestSources, config: ModelConfig, verdict: RuleVerdict): ModelRequest {
  const traits = traitsOf(context);
  const style = {
    requestsHeartbeats: traits.requestsHeartbeats,
    thoughtsInArguments: asksForThoughts(context, config),
    exitTools: exitTools(context.toolRules),
    strict: config.strict,
    responseFormat: traits.speaksBySendMessage ? config.responseFormat : null,
  };
  const tools = toolSchemas(context)
    .filter(tool => verdict.allowed.includes(tool.name))
    .map(tool => offerTool(tool, style));
  return {
    config: traits.speaksBySendMessage ? { ...config, responseFormat: null } : config,
    messages: withRequestsOwn(
      toModelMessages(context.messages).map(message => capReturns<ModelMessage>(message, config.contextWindow)),
      context.options,
    ),
    tools,
    toolChoice: choose(
      traits.requiresToolCall || verdict.forced,
      tools.map(tool => tool.name),
    ),
    parallelToolCalls: traits.allowsParallelToolCalls && config.parallelToolCalls && allowsParallelCalls(context.toolRules),
    user: null,
  };
}

/** Whether the model is to write its thoughts as an argument of each call. */
export function asksForThoughts(context: RequestSources, config: ModelConfig): boolean {
  return traitsOf(context).allowsThoughtsInArguments && config.putInnerThoughtsInKwargs;
}

/** The attached tools, and the client's in the place of those of the same name. */
function toolSchemas({ tools, options }: RequestSources): ToolSchema[] {
  const clientTools = options.clientTools;
  const attached = tools.filter(tool => !clientTools.some(own => own.name === tool.name));
  return [
    ...attached.map(tool => ({
      name: tool.name,
      description: tool.jsonSchema.description ?? tool.description ?? '',
      parameters: tool.jsonSchema.parameters ?? { type: 'object', properties: {} },
    })),
    ...clientTools,
  ];
}

function traitsOf({ agentType }: RequestSources): AgentTypeTraits {
  return agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
}

/** Where a call has to come and only one tool can be called, it is named. */
function choose(requiresToolCall: boolean, names: readonly string[]): ToolChoice {
  const [only, ...others] = names;
  if (!requiresToolCall || only === undefined) return { type: 'auto' };
  return others.length === 0 ? { type: 'tool', name: only } : { type: 'required' };
}

/** A message as it is sent: returns of tools that are long for the window lose their end. */
export function capReturns<Sent extends Message>(message: Sent, contextWindow: number): Sent {
  if (message.role !== 'tool') return message;
  return {
    ...message,
    toolReturns: message.toolReturns.map(entry => ({ ...entry, content: capToolReturn(entry.content, contextWindow) })),
  };
}

/** What a request says for its run alone: another system text, or skills behind the stored one. */
function withRequestsOwn(messages: readonly ModelMessage[], { overrideSystem, clientSkills }: RunOptions): readonly ModelMessage[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return messages;
  if (overrideSystem !== null) return [{ ...first, content: [{ type: 'text', text: overrideSystem }] }, ...rest];
  const skills = compileSkills(clientSkills);
  return skills === '' ? messages : [{ ...first, content: [...first.content, { type: 'text', text: skills }] }, ...rest];
}
