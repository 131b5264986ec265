import type { BuiltinToolName } from '../tools/builtin-tool.js';

/** The kinds of agents of the V1 API. */
export const agentTypes = [
  'letta_v1_agent',
  'memgpt_agent',
  'memgpt_v2_agent',
  'react_agent',
  'workflow_agent',
  'split_thread_agent',
  'sleeptime_agent',
  'voice_convo_agent',
  'voice_sleeptime_agent',
] as const;

export type AgentType = (typeof agentTypes)[number];

export const defaultAgentType: AgentType = 'letta_v1_agent';

export type SystemPromptName = 'letta_v1' | 'memgpt' | 'react' | 'workflow' | 'sleeptime';

/** What distinguishes the kinds of agents: settings of the one loop. */
export interface AgentTypeTraits {
  /** False: the kind is known to the API but not served (501). */
  readonly isSupported: boolean;
  /** Attached at creation unless base tools are declined. */
  readonly defaultTools: readonly BuiltinToolName[];
  /** Never attached at creation, not even when the request names it. */
  readonly refusedTools: readonly BuiltinToolName[];
  readonly systemPrompt: SystemPromptName | null;
  /** What a new conversation starts with when the request brings no messages of its own. */
  readonly initialMessages: 'system_only' | 'boot_sequence';
  /** True: the model asks for its next step with `request_heartbeat`. False: every tool call leads to a next step. */
  readonly requestsHeartbeats: boolean;
  /** True: an answer without any tool call is a failure (`no_tool_call`). False: it ends the turn. */
  readonly requiresToolCall: boolean;
  /** True: the model speaks to the user by the tool `send_message`, and its own text is thought. */
  readonly speaksBySendMessage: boolean;
  /** True: text of an assistant message is shown as assistant_message, else as reasoning_message. */
  readonly textIsAssistantMessage: boolean;
  /** True: one response may hold several tool calls, if the model's settings allow it too. */
  readonly allowsParallelToolCalls: boolean;
  readonly includesMemoryBlocks: boolean;
  /** True: blocks are shown with line numbers to Anthropic models. */
  readonly numbersLinesForAnthropic: boolean;
  /** Whether thoughts may be asked for as an argument of each tool call; a model with reasoning of its own never is. */
  readonly allowsThoughtsInArguments: boolean;
  /** True: only the system message is kept between runs, whatever the request says. */
  readonly clearsMessageBuffer: boolean;
}

const stepByStep = {
  isSupported: true,
  refusedTools: [],
  initialMessages: 'boot_sequence',
  requestsHeartbeats: true,
  requiresToolCall: true,
  speaksBySendMessage: true,
  textIsAssistantMessage: false,
  allowsParallelToolCalls: false,
  includesMemoryBlocks: true,
  numbersLinesForAnthropic: false,
  allowsThoughtsInArguments: true,
  clearsMessageBuffer: false,
} as const;

const native = {
  isSupported: true,
  refusedTools: [],
  initialMessages: 'system_only',
  requestsHeartbeats: false,
  requiresToolCall: false,
  speaksBySendMessage: false,
  textIsAssistantMessage: true,
  allowsParallelToolCalls: true,
  includesMemoryBlocks: true,
  numbersLinesForAnthropic: true,
  allowsThoughtsInArguments: false,
  clearsMessageBuffer: false,
} as const;

const unsupported = { ...stepByStep, isSupported: false, defaultTools: [], systemPrompt: null } as const;

const traits: Readonly<Record<AgentType, AgentTypeTraits>> = {
  letta_v1_agent: {
    ...native,
    refusedTools: ['send_message'],
    defaultTools: ['conversation_search', 'memory_replace', 'memory_insert'],
    systemPrompt: 'letta_v1',
  },
  sleeptime_agent: {
    ...native,
    defaultTools: ['memory_replace', 'memory_insert', 'memory_rethink', 'memory_finish_edits'],
    systemPrompt: 'sleeptime',
  },
  memgpt_agent: {
    ...stepByStep,
    defaultTools: ['send_message', 'conversation_search', 'core_memory_append', 'core_memory_replace', 'memory', 'memory_apply_patch'],
    systemPrompt: 'memgpt',
  },
  memgpt_v2_agent: {
    ...stepByStep,
    defaultTools: ['send_message', 'conversation_search', 'memory_replace', 'memory_insert'],
    systemPrompt: 'memgpt',
    numbersLinesForAnthropic: true,
  },
  react_agent: { ...stepByStep, defaultTools: [], systemPrompt: 'react', includesMemoryBlocks: false },
  workflow_agent: { ...stepByStep, defaultTools: [], systemPrompt: 'workflow', includesMemoryBlocks: false, clearsMessageBuffer: true },
  split_thread_agent: unsupported,
  voice_convo_agent: unsupported,
  voice_sleeptime_agent: unsupported,
};

/** Settings of the loop, the prompt and the presenters for one kind of agent. */
export function agentTypeTraits(type: AgentType): AgentTypeTraits {
  return traits[type];
}

export function isAgentType(value: string): value is AgentType {
  return Object.hasOwn(traits, value);
}
