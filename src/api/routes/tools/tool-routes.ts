import { attachTool, detachTool, modifyApproval } from '../../../contract/agent-parts.contract.js';
import { addBaseTools, countTools, listTools, listToolsForAgent, retrieveTool, toolTypes } from '../../../contract/tools.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { BuiltinToolsRepository } from '../../../repositories/builtin-tools.repository.js';
import type { ToolFilter, ToolsRepository } from '../../../repositories/tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentTool } from '../../presenters/tool.js';
import { pageOf, wholePage } from '../page.js';
import { requireAgent } from '../require-agent.js';

export interface ToolRoutesDeps {
  readonly agents: AgentsRepository;
  readonly tools: ToolsRepository;
  readonly builtinTools: BuiltinToolsRepository;
}

export function toolRoutes({ agents, tools, builtinTools }: ToolRoutesDeps): MountedRoute[] {
  const showAgent = async (agentId: string, context: RequestContext) => {
    const agent = await agents.find(context.organizationId, agentId);
    if (agent === null) throw new RequestError('not-found', 'Agent not found');
    return presentAgent(agent);
  };
  return [
    handleRoute(listTools, async ({ query }, context) => (await tools.list(filterOf(query, context), pageOf(query))).map(presentTool)),
    handleRoute(countTools, ({ query }, context) => tools.count({ ...filterOf(query, context), noBuiltins: query.exclude_letta_tools })),
    handleRoute(addBaseTools, async (_input, { organizationId }) => {
      await builtinTools.seed(organizationId);
      return (await tools.list({ organizationId, onlyBuiltins: true }, wholePage)).map(presentTool);
    }),
    handleRoute(retrieveTool, async ({ params }, context) => {
      const tool = await tools.find(context.organizationId, params.tool_id);
      if (tool === null) throw notFound('Tool', params.tool_id);
      return presentTool(tool);
    }),
    handleRoute(listToolsForAgent, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      return (await tools.list({ organizationId: context.organizationId, agentId: params.agent_id }, pageOf(query))).map(presentTool);
    }),
    handleRoute(attachTool, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      if ((await tools.find(context.organizationId, params.tool_id)) === null) throw notFound('Tool', params.tool_id);
      await tools.attach(params.agent_id, params.tool_id);
      return showAgent(params.agent_id, context);
    }),
    handleRoute(detachTool, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      await tools.detach(params.agent_id, params.tool_id);
      return showAgent(params.agent_id, context);
    }),
    handleRoute(modifyApproval, async ({ params, query, body }, context) => {
      const needed = body.requires_approval ?? body.body_requires_approval ?? query.requires_approval;
      if (needed === undefined) throw new RequestError('invalid', 'requires_approval has to be given in the body');
      await requireAgent(agents, params.agent_id, context);
      const agent = { organizationId: context.organizationId, agentId: params.agent_id };
      if (!(await tools.setApproval(agent, params.tool_name, needed)))
        throw new RequestError('not-found', `Tool ${params.tool_name} is not attached to agent ${params.agent_id}`);
      return showAgent(params.agent_id, context);
    }),
  ];
}

interface FilterQuery {
  readonly name?: string | undefined;
  readonly names?: readonly string[] | undefined;
  readonly tool_ids?: readonly string[] | undefined;
  readonly search?: string | undefined;
  readonly tool_types?: readonly string[] | undefined;
  readonly exclude_tool_types?: readonly string[] | undefined;
  readonly return_only_letta_tools: boolean;
}

function filterOf(query: FilterQuery, context: RequestContext): ToolFilter {
  refuseUnknownTypes(query.tool_types ?? []);
  refuseUnknownTypes(query.exclude_tool_types ?? []);
  return {
    organizationId: context.organizationId,
    name: query.name,
    names: query.names,
    ids: query.tool_ids,
    search: query.search,
    types: query.tool_types,
    excludedTypes: query.exclude_tool_types,
    onlyBuiltins: query.return_only_letta_tools,
  };
}

function refuseUnknownTypes(types: readonly string[]): void {
  const known: readonly string[] = toolTypes;
  const unknown = types.find(type => !known.includes(type));
  if (unknown !== undefined) throw new RequestError('invalid', `Invalid tool_type '${unknown}'. Must be one of: ${toolTypes.join(', ')}`);
}
