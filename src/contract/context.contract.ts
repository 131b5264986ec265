import { z } from 'zod';
import { agentState } from './agents.contract.js';
import { byAnyConversation, conversation } from './conversations.contract.js';
import { jsonObject, nothing, pathId, queryBoolean } from './fields.js';
import { compactionSettings } from './model-config.contract.js';
import { defineRoute } from './route.js';

/** Operations on what a conversation's model is sent: its context and its system message. */
const byAgent = z.object({ agent_id: pathId('agent') });
const compactionBody = z.object({ compaction_settings: compactionSettings.nullish(), agent_id: z.string().nullish() });
const compaction = z.object({ summary: z.string(), num_messages_before: z.number(), num_messages_after: z.number() });
const recompileQuery = z.object({ update_timestamp: queryBoolean.default(false), dry_run: queryBoolean.default(false) });

export const compactConversation = defineRoute({
  operationId: 'compact_conversation',
  optionalBody: true,
  method: 'post',
  path: '/v1/conversations/{conversation_id}/compact',
  tag: 'conversations',
  summary: 'Replace the older part of the context by a summary; waits for what the conversation is busy with',
  params: byAnyConversation,
  query: nothing,
  body: compactionBody,
  response: compaction,
});

export const forkConversation = defineRoute({
  operationId: 'fork_conversation',
  method: 'post',
  path: '/v1/conversations/{conversation_id}/fork',
  tag: 'conversations',
  summary:
    'Begin another conversation with the same history, up to now, a step or a message; from an earlier point with the memory of then',
  params: byAnyConversation,
  query: z.object({
    agent_id: z.string().optional(),
    /** Of this server, beside V1. */
    step_id: z.string().optional(),
    message_id: z.string().optional(),
  }),
  body: z.object({ step_id: z.string().nullish(), message_id: z.string().nullish() }),
  response: conversation,
});

export const recompileConversation = defineRoute({
  operationId: 'recompile_conversation',
  optionalBody: true,
  method: 'post',
  path: '/v1/conversations/{conversation_id}/recompile',
  tag: 'conversations',
  summary: 'Compile the system message anew, or only show what it would be',
  params: byAnyConversation,
  query: z.object({ dry_run: queryBoolean.default(false) }),
  body: compactionBody,
  response: z.string(),
});

export const summarizeMessages = defineRoute({
  operationId: 'summarize_messages',
  optionalBody: true,
  method: 'post',
  path: '/v1/agents/{agent_id}/summarize',
  tag: 'agents',
  summary: "Compact the context of an agent's default conversation",
  params: byAgent,
  query: nothing,
  body: compactionBody,
  response: compaction,
});

export const recompileAgent = defineRoute({
  operationId: 'recompile_agent',
  method: 'post',
  path: '/v1/agents/{agent_id}/recompile',
  tag: 'agents',
  summary: "Compile the system message of an agent's default conversation anew",
  params: byAgent,
  query: recompileQuery,
  body: z.unknown(),
  response: z.string(),
});

export const recompileAgentSystemPrompt = defineRoute({
  operationId: 'recompile_agent_system_prompt',
  method: 'post',
  path: '/v1/agents/{agent_id}/system-prompt/recompile',
  tag: 'agents',
  summary: 'The old name of recompile',
  params: byAgent,
  query: recompileQuery,
  body: z.unknown(),
  response: z.string(),
});

export const retrieveContext = defineRoute({
  operationId: 'retrieve_agent_context_window',
  method: 'get',
  path: '/v1/agents/{agent_id}/context',
  tag: 'agents',
  summary: "What a conversation's model would be sent now, and how many tokens each part of it takes",
  params: byAgent,
  query: z.object({ conversation_id: z.string().optional() }),
  body: nothing,
  response: z.object({
    context_window_size_max: z.number(),
    context_window_size_current: z.number(),
    num_messages: z.number(),
    num_archival_memory: z.number(),
    num_recall_memory: z.number(),
    num_tokens_external_memory_summary: z.number(),
    external_memory_summary: z.string(),
    num_tokens_system: z.number(),
    system_prompt: z.string(),
    num_tokens_core_memory: z.number(),
    core_memory: z.string(),
    num_tokens_memory_filesystem: z.number(),
    memory_filesystem: z.string().nullable(),
    num_tokens_tool_usage_rules: z.number(),
    tool_usage_rules: z.string().nullable(),
    num_tokens_directories: z.number(),
    directories: z.string().nullable(),
    num_tokens_summary_memory: z.number(),
    summary_memory: z.string().nullable(),
    num_tokens_functions_definitions: z.number(),
    functions_definitions: z
      .array(
        z.object({
          type: z.literal('function'),
          function: z.object({ name: z.string(), description: z.string(), parameters: jsonObject }),
        }),
      )
      .nullable(),
    num_tokens_messages: z.number(),
    messages: z.array(z.object({ id: z.string(), role: z.string() }).loose()),
    /** Of this server, beside V1. */
    token_count_method: z.enum(['tokenizer', 'provider', 'estimate']),
  }),
});

export const resetMessages = defineRoute({
  operationId: 'reset_messages',
  method: 'patch',
  path: '/v1/agents/{agent_id}/reset-messages',
  tag: 'agents',
  summary: "Empty the context of an agent's default conversation; the messages stay in the history",
  params: byAgent,
  query: nothing,
  body: z.object({ add_default_initial_messages: z.boolean().default(false) }),
  response: agentState.nullable(),
});
