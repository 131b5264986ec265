import { randomUUID } from 'node:crypto';
import {
  createMcpServer,
  deleteMcpServer,
  listMcpPrompts,
  listMcpResources,
  listMcpServers,
  listMcpServerTools,
  refreshMcpServer,
  retrieveMcpServer,
  retrieveMcpServerTool,
  updateMcpServer,
} from '../../../contract/mcp-servers.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { idPrefixes } from '../../../domain/ids.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMcpServer } from '../../presenters/mcp-server.js';
import { presentTool } from '../../presenters/tool.js';
import { answeringFailures, answeringUnavailable, askerOf, findServer, presentDiff, syncServer, trySync } from './mcp-access.js';
import type { McpRoutesDeps } from './mcp-access.js';
import { changedConfig, checkConfig, toConfig } from './mcp-config.js';

/** MCP servers, and the tools that they bring. */
export function mcpServerRoutes(deps: McpRoutesDeps): MountedRoute[] {
  return [...serverOperations(deps), ...contentOperations(deps)];
}

function serverOperations(deps: McpRoutesDeps): MountedRoute[] {
  const { mcp, mcpServers } = deps;
  const show = async (id: string, context: RequestContext) => presentMcpServer(await findServer(deps, id, context));
  return [
    handleRoute(listMcpServers, async (_input, { organizationId }) => (await mcp.servers.list(organizationId)).map(presentMcpServer)),
    handleRoute(createMcpServer, async ({ body }, context) => {
      const config = toConfig(body.config);
      checkConfig(config, mcp.rules);
      const { organizationId, userId } = context;
      const server = {
        id: `${idPrefixes.mcpServer}-${randomUUID()}`,
        organizationId,
        userId,
        name: body.server_name,
        config,
        toolPrefix: body.tool_prefix ?? null,
      };
      if (!(await mcp.servers.insert(server))) throw nameTaken(body.server_name);
      await trySync(deps, await findServer(deps, server.id, context), await askerOf(deps, undefined, context), context);
      return show(server.id, context);
    }),
    handleRoute(retrieveMcpServer, ({ params }, context) => show(params.mcp_server_id, context)),
    handleRoute(updateMcpServer, async ({ params, body }, context) => {
      const before = await findServer(deps, params.mcp_server_id, context);
      const config = changedConfig(before.config, body.config);
      checkConfig(config, mcp.rules);
      const { id, organizationId } = before;
      const name = body.server_name ?? before.name;
      const toolPrefix = body.tool_prefix === undefined ? before.toolPrefix : body.tool_prefix;
      await refuseTakenName(deps, name, id, context);
      if (!(await mcp.servers.update({ id, organizationId, userId: context.userId, name, config, toolPrefix })))
        throw notFound('MCP server', id);
      const after = await findServer(deps, id, context);
      // The names of its tools begin in another way now.
      if (toolPrefix !== before.toolPrefix) await trySync(deps, after, await askerOf(deps, undefined, context), context);
      return show(id, context);
    }),
    handleRoute(deleteMcpServer, async ({ params }, { organizationId, response }) => {
      if (!(await mcpServers.delete(organizationId, params.mcp_server_id))) throw notFound('MCP server', params.mcp_server_id);
      response.status(204).end();
      return answered;
    }),
    handleRoute(refreshMcpServer, async ({ params, query }, context) => {
      const server = await findServer(deps, params.mcp_server_id, context);
      const asker = await askerOf(deps, query.agent_id, context);
      return answeringUnavailable(server, async () => presentDiff(await syncServer(deps, server, asker, context)));
    }),
  ];
}

function contentOperations(deps: McpRoutesDeps): MountedRoute[] {
  const { mcp, mcpTools } = deps;
  return [
    handleRoute(listMcpServerTools, async ({ params }, context) => {
      const { id } = await findServer(deps, params.mcp_server_id, context);
      return (await mcpTools.list(context.organizationId, id)).map(presentTool);
    }),
    handleRoute(retrieveMcpServerTool, async ({ params }, context) => {
      const { id } = await findServer(deps, params.mcp_server_id, context);
      const tool = await mcpTools.find(context.organizationId, id, { id: params.tool_id });
      if (tool === null) throw notFound('Tool', params.tool_id);
      return presentTool(tool);
    }),
    handleRoute(listMcpPrompts, async ({ params, query }, context) => {
      const server = await findServer(deps, params.mcp_server_id, context);
      const asker = await askerOf(deps, query.agent_id, context);
      return answeringFailures(() => mcp.clients.listPrompts(server, asker));
    }),
    handleRoute(listMcpResources, async ({ params, query }, context) => {
      const server = await findServer(deps, params.mcp_server_id, context);
      const asker = await askerOf(deps, query.agent_id, context);
      return answeringFailures(() => mcp.clients.listResources(server, asker));
    }),
  ];
}

export function nameTaken(name: string): RequestError {
  return new RequestError('conflict', `An MCP server with the name '${name}' exists already`);
}

export async function refuseTakenName({ mcp }: McpRoutesDeps, name: string, id: string, context: RequestContext): Promise<void> {
  const other = await mcp.servers.findByName(context.organizationId, name);
  if (other !== null && other.id !== id) throw nameTaken(name);
}
