import { listAgentsForBlock, listAgentsForInternalBlock } from '../../../contract/agent-parts.contract.js';
import {
  countAgents,
  countInternalAgents,
  deleteAgent,
  listAgents,
  modifyAgent,
  retrieveAgent,
} from '../../../contract/agents.contract.js';
import { toAgentBudget } from '../../../contract/budgets.contract.js';
import type { AgentListQuery, UpdateAgentBody } from '../../../contract/agents.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { ArchivesRepository } from '../../../repositories/archives.repository.js';
import { allParts, noParts } from '../../../repositories/agent-record.js';
import type { AgentRecord } from '../../../repositories/agent-record.js';
import type { AgentFilter } from '../../../repositories/agents.repository.js';
import type { RunListRepository } from '../../../repositories/run-list.repository.js';
import type { AgentCommander } from '../../../temporal/agent-commander.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { reembedArchives } from '../archival/reembed-archives.js';
import type { ReembedArchivesDeps } from '../archival/reembed-archives.js';
import { purgeIfLarge } from '../jobs/purge-if-large.js';
import type { LargeDeletionDeps } from '../jobs/purge-if-large.js';
import { pageOf } from '../page.js';
import { requestedEmbedding, requestedModel, toResponseFormat } from './agent-model.js';
import { requestedFolders } from './agent-folders.js';
import { openSecrets, sealSecrets } from './agent-secrets.js';
import { checkAgentName } from './agent-name.js';
import { partsOf } from './agent-parts.js';
import { toCompactionSettings } from './compaction-settings.js';
import { toApprovalSettings } from './approval-settings.js';
import { toToolRules } from './agent-tool-rules.js';
import { createAgentRoute } from './create-agent.js';
import type { CreateAgentDeps } from './create-agent.js';
import { refuseUnserved } from './refuse-unserved.js';

export interface AgentRoutesDeps extends CreateAgentDeps, ReembedArchivesDeps, LargeDeletionDeps {
  readonly archives: Pick<ArchivesRepository, 'ownedBy'>;
  readonly runs: Pick<RunListRepository, 'openRuns'>;
  readonly commander: Pick<AgentCommander, 'forget'>;
}

export function agentRoutes(deps: AgentRoutesDeps): MountedRoute[] {
  const { agents } = deps;
  const show = (agent: AgentRecord) => presentAgent(openSecrets(agent, deps.secretCipher));
  const ofBlock = (route: typeof listAgentsForBlock) =>
    handleRoute(route, async ({ params, query }, context) => {
      if ((await deps.blocks.find(context.organizationId, params.block_id)) === null) throw notFound('Block', params.block_id);
      const filter = { organizationId: context.organizationId, blockId: params.block_id };
      return (await agents.list(filter, 'created_at', pageOf(query), partsOf(query))).map(show);
    });
  return [
    createAgentRoute(deps),
    handleRoute(listAgents, async ({ query }, context) => {
      const ascending = query.ascending ?? query.order === 'asc';
      const parts = partsOf(query);
      const page = { ...pageOf(query), ascending };
      const filter = { ...filterOf(query, context), showHidden: query.show_hidden_agents };
      return (await agents.list(filter, query.order_by, page, parts)).map(show);
    }),
    handleRoute(countAgents, ({ query }, context) => agents.count(filterOf(query, context))),
    handleRoute(countInternalAgents, ({ query }, { organizationId }) =>
      agents.count({ organizationId, showHidden: !query.exclude_hidden }),
    ),
    ofBlock(listAgentsForBlock),
    ofBlock(listAgentsForInternalBlock),
    handleRoute(retrieveAgent, async ({ params, query }, context) => {
      const isPartial = query.include.length > 0 || (query.include_relationships?.length ?? 0) > 0;
      const agent = await agents.find(context.organizationId, params.agent_id, isPartial ? partsOf(query) : allParts);
      if (agent === null) throw new RequestError('not-found', 'Agent not found');
      return show(agent);
    }),
    handleRoute(modifyAgent, async ({ params, body }, context) => {
      await update(deps, params.agent_id, body, context);
      const agent = await agents.find(context.organizationId, params.agent_id);
      if (agent === null) throw new RequestError('not-found', 'Agent not found');
      return presentAgent(agent);
    }),
    handleRoute(deleteAgent, async ({ params }, context) => {
      if (await purgeIfLarge(deps, params.agent_id, context)) return null;
      const runs = await deps.runs.openRuns({ organizationId: context.organizationId, agentIds: [params.agent_id] });
      if (!(await agents.delete(context.organizationId, params.agent_id))) throw new RequestError('not-found', 'Agent not found');
      await deps.commander.forget(params.agent_id, runs);
      return null;
    }),
  ];
}

async function update(deps: AgentRoutesDeps, id: string, body: UpdateAgentBody, context: RequestContext): Promise<void> {
  refuseUnserved(body);
  if (body.message_ids != null) throw new RequestError('not-served', "The field 'message_ids' is not served by this version of Perdura");
  if (body.name != null) checkAgentName(body.name);
  const current = await deps.agents.find(context.organizationId, id, noParts);
  if (current === null) throw new RequestError('not-found', 'Agent not found');
  await refuseMissing(deps, body, context);
  await deps.identities.requireAll(context.organizationId, body.identity_ids ?? []);
  const folderIds = await requestedFolders(deps, body, context.organizationId);
  const [model, embedding] = await Promise.all([
    requestedModel(deps.models, body, current.llmConfig),
    requestedEmbedding(deps.embeddingChoice, body, context.signal),
  ]);
  const columns = {
    name: body.name,
    description: body.description,
    system: body.system,
    metadata: body.metadata,
    llm_config: model,
    embedding_config: embedding,
    model_settings: body.model_settings,
    compaction_settings: toCompactionSettings(current.compactionSettings, body.compaction_settings),
    response_format: body.response_format == null ? null : toResponseFormat(body.response_format),
    tool_rules: body.tool_rules == null ? null : toToolRules(body.tool_rules),
    message_buffer_autoclear: body.message_buffer_autoclear,
    timezone: body.timezone,
    approval_settings: toApprovalSettings(body),
    max_files_open: body.max_files_open,
    per_file_view_window_char_limit: body.per_file_view_window_char_limit,
    hidden: body.hidden,
    budget: body.budget == null ? null : toAgentBudget(body.budget),
    project_id: body.project_id,
    template_id: body.template_id,
    base_template_id: body.base_template_id,
    last_run_completion: body.last_run_completion,
    last_run_duration_ms: body.last_run_duration_ms,
    last_stop_reason: body.last_stop_reason,
    on_busy: body.on_busy,
  };
  await deps.agents.update(context.organizationId, context.userId, id, {
    // Null leaves a member as it is: V1 does not clear scalars.
    columns: Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined && value !== null)),
    blockIds: body.block_ids ?? undefined,
    toolIds: body.tool_ids ?? undefined,
    tags: body.tags ?? undefined,
    identityIds: body.identity_ids ?? undefined,
    secrets: sealSecrets(body, deps.secretCipher) ?? undefined,
  });
  if (folderIds !== null) await deps.agentFolders.replace(id, folderIds);
  if (model !== null || body.max_files_open != null || body.per_file_view_window_char_limit != null) await deps.agentFiles.reopen(id);
  if (embedding === null) return;
  const own = await deps.archives.ownedBy(context.organizationId, id);
  await reembedArchives(
    deps,
    own.map(place => place.archiveId),
    embedding,
    context,
  );
}

async function refuseMissing({ blocks, tools }: CreateAgentDeps, body: UpdateAgentBody, context: RequestContext): Promise<void> {
  const blockIds = body.block_ids ?? [];
  const toolIds = body.tool_ids ?? [];
  const foundBlocks = blockIds.length === 0 ? [] : await blocks.findMany(context.organizationId, blockIds);
  const missingBlock = blockIds.find(id => !foundBlocks.some(block => block.id === id));
  if (missingBlock !== undefined) throw notFound('Block', missingBlock);
  const foundTools = toolIds.length === 0 ? [] : await tools.resolve(context.organizationId, toolIds, []);
  const missingTool = toolIds.find(id => !foundTools.some(tool => tool.id === id));
  if (missingTool !== undefined) throw notFound('Tool', missingTool);
}

type FilterQuery = Pick<
  AgentListQuery,
  | 'name'
  | 'tags'
  | 'match_all_tags'
  | 'query_text'
  | 'project_id'
  | 'template_id'
  | 'base_template_id'
  | 'identity_id'
  | 'identifier_keys'
  | 'last_stop_reason'
  | 'created_by_id'
>;

function filterOf(query: FilterQuery, context: RequestContext): AgentFilter {
  return {
    organizationId: context.organizationId,
    name: query.name,
    tags: query.tags,
    matchAllTags: query.match_all_tags,
    queryText: query.query_text,
    projectId: query.project_id,
    templateId: query.template_id,
    baseTemplateId: query.base_template_id,
    identityId: query.identity_id,
    identifierKeys: query.identifier_keys,
    lastStopReason: query.last_stop_reason,
    createdById: query.created_by_id,
  };
}
