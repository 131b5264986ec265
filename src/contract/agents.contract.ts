import { z } from 'zod';
import { agentTypes, defaultAgentType } from '../domain/agents/agent-type.js';
import { approvalSettings } from './approvals.contract.js';
import { lifecycleStates } from '../domain/agents/lifecycle.js';
import { tool } from './tools.contract.js';
import { agentBudgetBody } from './budgets.contract.js';
import { block, createBlock } from './blocks.contract.js';
import { busyPolicy, instant, jsonObject, nothing, paging, pathId, queryBoolean, queryList } from './fields.js';
import { identity } from './identity.contract.js';
import { compactionSettings, embeddingConfig, llmConfig, modelName, modelSettings, responseFormat } from './model-config.contract.js';
import { defineRoute } from './route.js';
import { stopReason } from './runs.contract.js';
import { toolRule } from './tool-rules.contract.js';

export const memory = z.object({
  agent_type: z.string().nullable(),
  git_enabled: z.boolean(),
  blocks: z.array(block),
  file_blocks: z.array(jsonObject),
  prompt_template: z.string(),
});

export const agentState = z.object({
  id: z.string(),
  name: z.string(),
  agent_type: z.enum(agentTypes),
  system: z.string(),
  description: z.string().nullable(),
  metadata: jsonObject.nullable(),
  tool_rules: z.array(toolRule).nullable(),
  message_ids: z.array(z.string()).nullable(),
  llm_config: jsonObject,
  embedding_config: jsonObject.nullable(),
  model: z.string().nullable(),
  embedding: z.string().nullable(),
  model_settings: jsonObject.nullable(),
  compaction_settings: jsonObject.nullable(),
  response_format: jsonObject.nullable(),
  memory,
  blocks: z.array(block),
  tools: z.array(tool),
  sources: z.array(jsonObject),
  tags: z.array(z.string()),
  tool_exec_environment_variables: z.array(jsonObject),
  secrets: z.array(jsonObject),
  project_id: z.string().nullable(),
  template_id: z.string().nullable(),
  base_template_id: z.string().nullable(),
  deployment_id: z.string().nullable(),
  entity_id: z.string().nullable(),
  identity_ids: z.array(z.string()),
  identities: z.array(identity),
  pending_approval: jsonObject.nullable(),
  approval_settings: jsonObject.nullable(),
  message_buffer_autoclear: z.boolean(),
  enable_sleeptime: z.boolean().nullable(),
  multi_agent_group: jsonObject.nullable(),
  managed_group: jsonObject.nullable(),
  last_run_completion: instant.nullable(),
  last_run_duration_ms: z.number().nullable(),
  last_stop_reason: z.string().nullable(),
  timezone: z.string().nullable(),
  max_files_open: z.number().nullable(),
  per_file_view_window_char_limit: z.number().nullable(),
  hidden: z.boolean().nullable(),
  budget: jsonObject.nullable(),
  created_at: instant.nullable(),
  updated_at: instant.nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
  /** Of this server, beside V1. Null: each route has its own default. */
  on_busy: busyPolicy.nullable(),
  lifecycle_state: z.enum(lifecycleStates),
  /** When a sleeping agent wakes by itself. */
  wake_at: instant.nullable(),
});

/** Members that creation and change share. */
const agentDetails = {
  description: z.string().nullish(),
  metadata: jsonObject.nullish(),
  system: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  tool_ids: z.array(z.string()).nullish(),
  block_ids: z.array(z.string()).nullish(),
  tool_rules: z.array(toolRule).nullish(),
  llm_config: llmConfig.nullish(),
  embedding_config: embeddingConfig.nullish(),
  model: modelName.nullish(),
  embedding: modelName.nullish(),
  model_settings: modelSettings.nullish(),
  compaction_settings: compactionSettings.nullish(),
  response_format: responseFormat.nullish(),
  context_window_limit: z.number().int().positive().nullish(),
  max_tokens: z.number().int().positive().nullish(),
  reasoning: z.boolean().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  enable_sleeptime: z.boolean().nullish(),
  timezone: z.string().nullish(),
  /** Of this server, beside V1. */
  approval_settings: approvalSettings.nullish(),
  max_files_open: z.number().int().min(1).max(1000).nullish(),
  per_file_view_window_char_limit: z.number().int().min(1).nullish(),
  hidden: z.boolean().nullish(),
  /** Of this server, beside V1. `{}` takes all limits away. */
  budget: agentBudgetBody.nullish(),
  project_id: z.string().nullish(),
  template_id: z.string().nullish(),
  base_template_id: z.string().nullish(),
  source_ids: z.array(z.string()).nullish(),
  folder_ids: z.array(z.string()).nullish(),
  identity_ids: z.array(z.string()).nullish(),
  secrets: z.record(z.string(), z.string()).nullish(),
  tool_exec_environment_variables: z.record(z.string(), z.string()).nullish(),
  /** Of this server, beside V1: what a message does while a run is open, when the message does not say. */
  on_busy: busyPolicy.nullish(),
};

export const createAgentBody = z.object({
  ...agentDetails,
  name: z.string().optional(),
  agent_type: z.enum(agentTypes).default(defaultAgentType),
  memory_blocks: z.array(createBlock).nullish(),
  tools: z.array(z.string()).nullish(),
  include_base_tools: z.boolean().default(true),
  include_multi_agent_tools: z.boolean().default(false),
  include_base_tool_rules: z.boolean().nullish(),
  include_default_source: z.boolean().default(false),
  initial_message_sequence: z
    .array(
      z.looseObject({
        role: z.enum(['user', 'system', 'assistant']),
        content: z.union([z.string(), z.array(z.looseObject({ type: z.literal('text'), text: z.string() }))]),
      }),
    )
    .nullish(),
  message_buffer_autoclear: z.boolean().default(false),
  embedding_chunk_size: z.number().int().nullish(),
  enable_reasoner: z.boolean().nullish(),
  max_reasoning_tokens: z.number().int().nullish(),
  from_template: z.string().nullish(),
  template: z.boolean().default(false),
  project: z.string().nullish(),
  memory_variables: z.record(z.string(), z.string()).nullish(),
  actor_id: z.string().nullish(),
});

export const updateAgentBody = z.object({
  ...agentDetails,
  name: z.string().nullish(),
  message_buffer_autoclear: z.boolean().nullish(),
  message_ids: z.array(z.string()).nullish(),
  last_run_completion: instant.nullish(),
  last_run_duration_ms: z.number().int().nullish(),
  last_stop_reason: stopReason.nullish(),
});

export type CreateAgentBody = z.output<typeof createAgentBody>;
export type UpdateAgentBody = z.output<typeof updateAgentBody>;

const tag = 'agents';
const byAgent = z.object({ agent_id: pathId('agent') });

const include = z.enum([
  'agent.blocks',
  'agent.identities',
  'agent.managed_group',
  'agent.pending_approval',
  'agent.secrets',
  'agent.sources',
  'agent.tags',
  'agent.tools',
]);
export const inclusion = {
  include_relationships: queryList.optional(),
  include: z.preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), z.array(include)).default([]),
};

const agentFilters = {
  name: z.string().optional(),
  tags: queryList.optional(),
  match_all_tags: queryBoolean.default(false),
  query_text: z.string().optional(),
  project_id: z.string().optional(),
  template_id: z.string().optional(),
  base_template_id: z.string().optional(),
  identity_id: z.string().optional(),
  identifier_keys: queryList.optional(),
  last_stop_reason: stopReason.optional(),
  created_by_id: z.string().optional(),
};

export const listAgents = defineRoute({
  operationId: 'list_agents',
  method: 'get',
  path: '/v1/agents/',
  tag,
  summary: 'List agents',
  params: nothing,
  query: z.object({
    ...agentFilters,
    ...paging({ limit: 50, order: 'desc' }),
    ...inclusion,
    order_by: z.enum(['created_at', 'updated_at', 'last_run_completion']).default('created_at'),
    ascending: queryBoolean.optional(),
    sort_by: z.string().optional(),
    show_hidden_agents: queryBoolean.default(false),
  }),
  body: nothing,
  response: z.array(agentState),
});

export const countAgents = defineRoute({
  operationId: 'count_agents',
  method: 'get',
  path: '/v1/agents/count',
  tag,
  summary: 'Count agents',
  params: nothing,
  query: z.object(agentFilters),
  body: nothing,
  response: z.number(),
});

export const countInternalAgents = defineRoute({
  operationId: 'count_internal_agents',
  method: 'get',
  path: '/v1/_internal_agents/count',
  tag: '_internal_agents',
  summary: 'Count agents',
  params: nothing,
  query: z.object({ exclude_hidden: queryBoolean.default(true) }),
  body: nothing,
  response: z.number(),
});

export const createAgent = defineRoute({
  operationId: 'create_agent',
  method: 'post',
  path: '/v1/agents/',
  tag,
  summary: 'Create an agent',
  params: nothing,
  query: nothing,
  body: createAgentBody,
  response: agentState,
});

export const retrieveAgent = defineRoute({
  operationId: 'retrieve_agent',
  method: 'get',
  path: '/v1/agents/{agent_id}',
  tag,
  summary: 'Retrieve an agent',
  params: byAgent,
  query: z.object(inclusion),
  body: nothing,
  response: agentState,
});

export const modifyAgent = defineRoute({
  operationId: 'modify_agent',
  method: 'patch',
  path: '/v1/agents/{agent_id}',
  tag,
  summary: 'Change an agent',
  params: byAgent,
  query: nothing,
  body: updateAgentBody,
  response: agentState,
});

export const deleteAgent = defineRoute({
  operationId: 'delete_agent',
  method: 'delete',
  path: '/v1/agents/{agent_id}',
  tag,
  summary: 'Delete an agent with all that belongs to it alone',
  params: byAgent,
  query: nothing,
  body: nothing,
  response: z.null(),
});

export type AgentListQuery = z.output<typeof listAgents.query>;
