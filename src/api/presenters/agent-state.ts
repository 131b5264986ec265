import type { AgentBudget, TotalBudget } from '../../domain/budgets/budget.js';
import { fileLimits } from '../../domain/files/file-limits.js';
import type { FileLimits } from '../../domain/files/file-limits.js';
import { toMessage } from '../../repositories/message-row.js';
import type { MessageRow } from '../../repositories/message-row.js';
import type { AgentRecord } from '../../repositories/agent-record.js';
import { presentFileBlock } from './agent-file.js';
import { presentSource } from './folder.js';
import { presentCompactionSettings } from './compaction-settings.js';
import { presentApprovalSettings } from './approval.js';
import { presentIdentity } from './identity.js';
import { presentMessage } from './letta-messages.js';
import { presentBlock } from './block.js';
import { presentEmbeddingConfig, presentModelConfig, presentModelSettings, presentResponseFormat } from './model-config.js';
import { presentToolRule } from './tool-rule.js';
import { presentTool } from './tool.js';
import { instantOrNull } from './wire-fields.js';

/** V1's AgentState. What this version has no feature for is empty, as it is with an agent that does not use it. */
export function presentAgent(agent: AgentRecord) {
  const blocks = agent.blocks.map(presentBlock);
  const limits = fileLimits(agent, agent.llmConfig.contextWindow);
  return {
    id: agent.id,
    name: agent.name,
    agent_type: agent.agentType,
    system: agent.system,
    description: agent.description,
    metadata: agent.metadata,
    tool_rules: agent.toolRules.map(presentToolRule),
    message_ids: agent.messageIds,
    llm_config: presentModelConfig(agent.llmConfig),
    embedding_config: presentEmbeddingConfig(agent.embeddingConfig),
    model: agent.llmConfig.handle,
    embedding: agent.embeddingConfig?.handle ?? null,
    model_settings: presentModelSettings(agent.llmConfig),
    compaction_settings: presentCompactionSettings(agent.compactionSettings, agent.llmConfig.handle),
    response_format: presentResponseFormat(agent.responseFormat),
    memory: presentMemory(agent, blocks, limits),
    blocks,
    tools: agent.tools.map(presentTool),
    sources: agent.folders.map(presentSource),
    tags: agent.tags,
    tool_exec_environment_variables: presentSecrets(agent),
    secrets: presentSecrets(agent),
    project_id: agent.projectId,
    template_id: agent.templateId,
    base_template_id: agent.baseTemplateId,
    deployment_id: agent.deploymentId,
    entity_id: agent.entityId,
    identity_ids: agent.identities.map(identity => identity.id),
    identities: agent.identities.map(presentIdentity),
    pending_approval: presentPendingApproval(agent.pendingApproval),
    approval_settings: presentApprovalSettings(agent.approvalSettings),
    message_buffer_autoclear: agent.messageBufferAutoclear,
    enable_sleeptime: agent.enableSleeptime,
    multi_agent_group: null,
    managed_group: null,
    last_run_completion: instantOrNull(agent.lastRunCompletion),
    last_run_duration_ms: agent.lastRunDurationMs,
    last_stop_reason: agent.lastStopReason,
    timezone: agent.timezone,
    max_files_open: limits.mostOpen,
    per_file_view_window_char_limit: limits.viewCharacters,
    hidden: agent.hidden,
    budget: presentBudget(agent.budget),
    created_at: instantOrNull(agent.createdAt),
    updated_at: instantOrNull(agent.updatedAt),
    created_by_id: agent.createdById,
    last_updated_by_id: agent.lastUpdatedById,
    on_busy: agent.onBusy,
    lifecycle_state: agent.lifecycleState,
    wake_at: instantOrNull(agent.wakeAt),
  };
}

function presentMemory(
  { agentType, files }: AgentRecord,
  blocks: readonly ReturnType<typeof presentBlock>[],
  { viewCharacters }: FileLimits,
) {
  const fileBlocks = files.map(file => presentFileBlock(file, viewCharacters));
  return { agent_type: agentType, git_enabled: false, blocks, file_blocks: fileBlocks, prompt_template: '' };
}

/** Whoever shows them has opened them. */
function presentSecrets({ id, secrets, createdById, lastUpdatedById }: AgentRecord) {
  return secrets.map(secret => ({
    id: secret.id,
    key: secret.key,
    value: secret.value,
    description: secret.description,
    agent_id: id,
    created_at: instantOrNull(secret.createdAt),
    updated_at: instantOrNull(secret.updatedAt),
    created_by_id: createdById,
    last_updated_by_id: lastUpdatedById,
  }));
}

/** The request as the message list shows it. */
function presentPendingApproval(row: MessageRow | null) {
  if (row === null) return null;
  const options = { textIsAssistantMessage: true, useAssistantMessage: false, assistantMessageToolName: '', assistantMessageToolKwarg: '' };
  return presentMessage(toMessage(row), options).find(message => message.message_type === 'approval_request_message') ?? null;
}

function presentBudget(budget: AgentBudget | null) {
  if (budget === null) return null;
  const { total } = budget;
  return {
    max_steps: budget.maxSteps,
    max_tokens: budget.maxTokens,
    max_cost: budget.maxCost,
    max_seconds: budget.maxSeconds,
    total: total === null ? null : presentTotal(total),
  };
}

function presentTotal(total: TotalBudget) {
  return { max_steps: total.maxSteps, max_tokens: total.maxTokens, max_cost: total.maxCost, window_seconds: total.windowSeconds };
}
