import { randomUUID } from 'node:crypto';
import { createAgent } from '../../../contract/agents.contract.js';
import type { CreateAgentBody } from '../../../contract/agents.contract.js';
import { toAgentBudget } from '../../../contract/budgets.contract.js';
import { agentTypeTraits } from '../../../domain/agents/agent-type.js';
import { includesBaseToolRules } from '../../../domain/agents/base-tool-rules.js';
import { toolNamesForNewAgent } from '../../../domain/agents/default-tools.js';
import { initialMessages } from '../../../domain/agents/initial-messages.js';
import type { InitialMessage } from '../../../domain/agents/initial-messages.js';
import { RequestError } from '../../../domain/errors.js';
import type { EmbeddingChoice } from '../../../domain/model/choose-embedding.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import type { EmbeddingConfig, ModelConfig } from '../../../domain/model/model-config.js';
import { noDirectories } from '../../../domain/prompt/compile-directories.js';
import { compileSystemPrompt } from '../../../domain/prompt/compile-system-prompt.js';
import { systemPrompt } from '../../../domain/prompt/system-prompts.js';
import { defaultConversationId } from '../../../domain/runs/execution-ids.js';
import { approvalRule, defaultToolRules } from '../../../domain/tool-rules/default-tool-rules.js';
import type { ToolRule } from '../../../domain/tool-rules/tool-rule.js';
import { uniqueRules } from '../../../domain/tool-rules/unique-rules.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { IdentitiesRepository } from '../../../repositories/identities.repository.js';
import type { NewBlock } from '../../../repositories/block-record.js';
import type { BlocksRepository } from '../../../repositories/blocks.repository.js';
import type { ToolReference, ToolsRepository } from '../../../repositories/tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { toNewBlock } from '../blocks/new-block.js';
import type { BlockSettings } from '../blocks/new-block.js';
import { requestedEmbedding, requestedModel, toResponseFormat } from './agent-model.js';
import { requestedFolders } from './agent-folders.js';
import type { AgentFoldersDeps } from './agent-folders.js';
import { checkAgentName, randomAgentName } from './agent-name.js';
import { toCompactionSettings } from './compaction-settings.js';
import { toApprovalSettings } from './approval-settings.js';
import { sealSecrets } from './agent-secrets.js';
import { toToolRules } from './agent-tool-rules.js';
import { refuseUnserved, refuseUnservedType } from './refuse-unserved.js';

export interface CreateAgentDeps extends AgentFoldersDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
  readonly tools: ToolsRepository;
  readonly models: ModelCatalog;
  readonly embeddingChoice: EmbeddingChoice;
  readonly identities: Pick<IdentitiesRepository, 'requireAll'>;
  readonly settings: BlockSettings;
  readonly secretCipher: SecretCipher;
}

export function createAgentRoute(deps: CreateAgentDeps) {
  return handleRoute(createAgent, async ({ body }, context) => {
    refuseUnserved(body);
    refuseUnservedType(body.agent_type);
    const id = `agent-${randomUUID()}`;
    const [model, requested, tools, attached, folderIds] = await Promise.all([
      requestedModel(deps.models, body, null),
      requestedEmbedding(deps.embeddingChoice, body, context.signal),
      resolveTools(deps, body, context),
      attachedBlocks(deps, body, context),
      requestedFolders(deps, body, context.organizationId),
      deps.identities.requireAll(context.organizationId, body.identity_ids ?? []),
    ]);
    if (model === null) throw new RequestError('invalid', 'Must specify either model or llm_config in request');
    const embedding = await deps.embeddingChoice.choose({ requested }, context.signal);
    const newBlocks = (body.memory_blocks ?? []).map(block => toNewBlock(block, deps.settings));
    const blocks = [...newBlocks, ...attached];
    refuseDoubleLabels(blocks);
    const toolRules = rulesOf(body, tools, model);
    const config = modelFor(body, model);
    const system = body.system ?? defaultSystem(body);
    await deps.agents.create({
      id,
      organizationId: context.organizationId,
      userId: context.userId,
      columns: columnsOf(body, { system, config, embedding, toolRules }),
      newBlocks,
      blockIds: blocks.map(block => block.id),
      toolIds: tools.map(tool => tool.id),
      tags: body.tags ?? [],
      identityIds: body.identity_ids ?? [],
      secrets: sealSecrets(body, deps.secretCipher) ?? [],
      shownVersions: Object.fromEntries(blocks.map(block => [block.id, 'version' in block ? block.version : 1])),
      messages: firstMessages(id, body, { system, config, blocks, toolRules }),
    });
    if (folderIds !== null) await deps.agentFolders.attach(id, folderIds);
    const created = await deps.agents.find(context.organizationId, id);
    if (created === null) throw new RequestError('not-found', 'Agent not found');
    return presentAgent(created);
  });
}

/** Tools that a request names have to exist; V1 answers 400. */
async function resolveTools({ tools }: CreateAgentDeps, body: CreateAgentBody, context: RequestContext): Promise<readonly ToolReference[]> {
  const names = toolNamesForNewAgent({
    agentType: body.agent_type,
    requested: body.tools ?? [],
    includeBaseTools: body.include_base_tools,
    enableSleeptime: false,
  });
  const ids = body.tool_ids ?? [];
  if (names.length === 0 && ids.length === 0) return [];
  const found = await tools.resolve(context.organizationId, ids, names);
  const missing = [
    ...names.filter(name => !found.some(tool => tool.name === name)),
    ...ids.filter(toolId => !found.some(tool => tool.id === toolId)),
  ];
  if (missing.length > 0) throw new RequestError('invalid', `Tools not found: ${missing.join(', ')}`);
  return found;
}

async function attachedBlocks({ blocks }: CreateAgentDeps, body: CreateAgentBody, context: RequestContext) {
  const ids = body.block_ids ?? [];
  if (ids.length === 0) return [];
  const found = await blocks.findMany(context.organizationId, ids);
  const missing = ids.find(id => !found.some(block => block.id === id));
  if (missing !== undefined) throw new RequestError('not-found', `Block with id ${missing} not found`);
  return found;
}

function refuseDoubleLabels(blocks: readonly { readonly label: string }[]): void {
  const labels = blocks.map(block => block.label);
  const double = labels.find((label, index) => labels.indexOf(label) !== index);
  if (double !== undefined) throw new RequestError('conflict', `The agent would have two blocks with the label ${double}`);
}

/** The agent's own rules, its kind's defaults where it takes them, and always those of tools that need approval. */
function rulesOf(body: CreateAgentBody, tools: readonly ToolReference[], model: ModelConfig): readonly ToolRule[] {
  const own = toToolRules(body.tool_rules ?? []);
  const withDefaults = includesBaseToolRules({
    agentType: body.agent_type,
    requested: body.include_base_tool_rules ?? null,
    hasOwnToolRules: own.length > 0,
    model: model.model,
  });
  const defaults = withDefaults ? defaultToolRules(tools.map(tool => tool.name)) : [];
  const approvals = tools.filter(tool => tool.defaultRequiresApproval).map(tool => approvalRule(tool.name));
  return uniqueRules([...own, ...defaults, ...approvals]);
}

/** Agents that have to call a tool in each step cannot reason natively with every provider; the new kind has its thoughts outside of calls. */
function modelFor(body: CreateAgentBody, model: ModelConfig): ModelConfig {
  if (!agentTypeTraits(body.agent_type).allowsThoughtsInArguments) return { ...model, putInnerThoughtsInKwargs: false };
  return model.enableReasoner ? model : { ...model, putInnerThoughtsInKwargs: true };
}

function defaultSystem(body: CreateAgentBody): string {
  const name = agentTypeTraits(body.agent_type).systemPrompt;
  if (name === null) throw new RequestError('invalid', `Agents of type ${body.agent_type} need a system prompt`);
  return systemPrompt(name);
}

interface Decided {
  readonly system: string;
  readonly config: ModelConfig;
  readonly toolRules: readonly ToolRule[];
}

function columnsOf(body: CreateAgentBody, decided: Decided & { readonly embedding: EmbeddingConfig | null }) {
  const name = body.name ?? randomAgentName();
  checkAgentName(name);
  const isSubagent = (body.tags ?? []).includes('role:subagent');
  return {
    agent_type: body.agent_type,
    name,
    description: body.description ?? null,
    system: decided.system,
    llm_config: decided.config,
    embedding_config: decided.embedding,
    model_settings: body.model_settings ?? null,
    compaction_settings: toCompactionSettings(null, body.compaction_settings),
    response_format: body.response_format == null ? null : toResponseFormat(body.response_format),
    tool_rules: decided.toolRules,
    metadata: body.metadata ?? null,
    message_buffer_autoclear: body.message_buffer_autoclear || agentTypeTraits(body.agent_type).clearsMessageBuffer,
    timezone: body.timezone ?? 'UTC',
    approval_settings: toApprovalSettings(body),
    max_files_open: body.max_files_open ?? null,
    per_file_view_window_char_limit: body.per_file_view_window_char_limit ?? null,
    hidden: isSubagent ? true : (body.hidden ?? null),
    budget: body.budget == null ? null : toAgentBudget(body.budget),
    project_id: body.project_id ?? null,
    template_id: body.template_id ?? null,
    base_template_id: body.base_template_id ?? null,
    lifecycle_state: 'running',
    on_busy: body.on_busy ?? null,
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
  };
}

function firstMessages(
  id: string,
  body: CreateAgentBody,
  decided: Decided & { readonly blocks: readonly (NewBlock | Awaited<ReturnType<typeof attachedBlocks>>[number])[] },
) {
  const now = new Date();
  const timezone = body.timezone ?? 'UTC';
  const system = compileSystemPrompt({
    system: decided.system,
    agentId: id,
    agentType: body.agent_type,
    conversationId: null,
    blocks: decided.blocks.map(block => ({ ...block, readOnly: 'readOnly' in block ? block.readOnly : block.read_only })),
    toolRules: decided.toolRules,
    files: noDirectories,
    modelEndpointType: decided.config.modelEndpointType,
    recallCount: 0,
    archivalCount: 0,
    archivalTags: [],
    timezone,
    now,
  });
  return initialMessages({
    agentType: body.agent_type,
    sequence: body.initial_message_sequence?.map(toInitialMessage) ?? null,
    system,
    model: decided.config.model,
    base: { agentId: id, conversationId: defaultConversationId(id) },
    time: { at: now, timezone },
    newMessageId: () => `message-${randomUUID()}`,
    newToolCallId: () => `call_${randomUUID()}`,
  });
}

function toInitialMessage({ role, content }: NonNullable<CreateAgentBody['initial_message_sequence']>[number]): InitialMessage {
  return { role, text: typeof content === 'string' ? content : content.map(part => part.text).join('\n') };
}
