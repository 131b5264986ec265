import { randomUUID } from 'node:crypto';
import {
  addLegacyServer,
  addLegacyTool,
  deleteLegacyServer,
  listLegacyServers,
  listLegacyTools,
  resyncLegacyServer,
  testLegacyServer,
  updateLegacyServer,
} from '../../../contract/mcp-legacy.contract.js';
import type { LegacyChangeBody, LegacyConfigBody } from '../../../contract/mcp-legacy.contract.js';
import type { ChangedConfigBody } from '../../../contract/mcp-servers.contract.js';
import { notFound } from '../../../domain/errors.js';
import { idPrefixes } from '../../../domain/ids.js';
import type { McpConfig, McpServer, McpTarget } from '../../../domain/mcp/mcp-server.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentLegacyServer } from '../../presenters/mcp-server.js';
import { presentTool } from '../../presenters/tool.js';
import { answeringFailures, answeringUnavailable, askerOf, findServerByName, presentDiff, syncServer } from './mcp-access.js';
import type { McpRoutesDeps } from './mcp-access.js';
import { changedConfig, checkConfig, toConfig } from './mcp-config.js';
import { nameTaken, refuseTakenName } from './mcp-server-routes.js';
import { takeTool } from './take-tool.js';

/** V1's older operations on the same servers, which it knows by their names. */
export function mcpLegacyRoutes(deps: McpRoutesDeps): MountedRoute[] {
  return [...serverOperations(deps), ...toolOperations(deps)];
}

function serverOperations(deps: McpRoutesDeps): MountedRoute[] {
  const { mcp, mcpServers } = deps;
  const showAll = async ({ organizationId }: RequestContext) => (await mcp.servers.list(organizationId)).map(presentLegacyServer);
  return [
    handleRoute(listLegacyServers, async (_input, context) =>
      Object.fromEntries((await showAll(context)).map(server => [server.server_name, server])),
    ),
    handleRoute(addLegacyServer, async ({ body }, context) => {
      const config = toLegacyConfig(body);
      checkConfig(config, mcp.rules);
      const { organizationId, userId } = context;
      const id = `${idPrefixes.mcpServer}-${randomUUID()}`;
      if (!(await mcp.servers.insert({ id, organizationId, userId, name: body.server_name, config, toolPrefix: null })))
        throw nameTaken(body.server_name);
      return showAll(context);
    }),
    handleRoute(updateLegacyServer, async ({ params, body }, context) => {
      const before = await findServerByName(deps, params.mcp_server_name, context);
      const config = changedConfig(before.config, toChange(before.config, body));
      checkConfig(config, mcp.rules);
      const { id, organizationId, toolPrefix } = before;
      const name = body.server_name ?? before.name;
      await refuseTakenName(deps, name, id, context);
      if (!(await mcp.servers.update({ id, organizationId, userId: context.userId, name, config, toolPrefix })))
        throw notFound('MCP server', id);
      return presentLegacyServer(await findServerByName(deps, name, context));
    }),
    handleRoute(deleteLegacyServer, async ({ params }, context) => {
      const { id } = await findServerByName(deps, params.mcp_server_name, context);
      await mcpServers.delete(context.organizationId, id);
      return showAll(context);
    }),
    handleRoute(testLegacyServer, async ({ body }, context) => {
      const target = toTarget(body, context);
      checkConfig(target.config, mcp.rules);
      const asker = await askerOf(deps, undefined, context);
      return answeringFailures(async () => ({ status: 'success', tools: await mcp.clients.listTools(target, asker) }));
    }),
  ];
}

function toolOperations(deps: McpRoutesDeps): MountedRoute[] {
  const { mcp } = deps;
  const listed = async (server: McpServer, context: RequestContext) => {
    const asker = await askerOf(deps, undefined, context);
    return answeringUnavailable(server, () => mcp.clients.listTools(server, asker));
  };
  return [
    handleRoute(listLegacyTools, async ({ params }, context) =>
      listed(await findServerByName(deps, params.mcp_server_name, context), context),
    ),
    handleRoute(resyncLegacyServer, async ({ params, query }, context) => {
      const server = await findServerByName(deps, params.mcp_server_name, context);
      const asker = await askerOf(deps, query.agent_id, context);
      return answeringUnavailable(server, async () => presentDiff(await syncServer(deps, server, asker, context)));
    }),
    handleRoute(addLegacyTool, async ({ params }, context) => {
      const server = await findServerByName(deps, params.mcp_server_name, context);
      return presentTool(await takeTool(deps, server, params.mcp_tool_name, context));
    }),
  ];
}

export function toTarget(body: LegacyConfigBody, { organizationId }: RequestContext): McpTarget {
  return { id: `not kept: ${body.server_name}`, organizationId, name: body.server_name, config: toLegacyConfig(body) };
}

function toLegacyConfig(body: LegacyConfigBody): McpConfig {
  return body.type === 'stdio' ? toConfig({ ...body, mcp_server_type: body.type }) : toConfig({ ...body, mcp_server_type: body.type });
}

/** In the form of the newer operation. Which members count is told by the kind that the server is of. */
function toChange(config: McpConfig, body: LegacyChangeBody): ChangedConfigBody {
  if (config.type === 'stdio') {
    const { command = null, args = null, env } = body.stdio_config ?? {};
    return { mcp_server_type: 'stdio', command, args, env };
  }
  return {
    mcp_server_type: config.type,
    server_url: body.server_url ?? null,
    auth_header: body.auth_header,
    auth_token: body.auth_token === undefined ? body.token : body.auth_token,
    custom_headers: body.custom_headers,
  };
}
