import { z } from 'zod';
import { jsonObject, nothing } from './fields.js';
import { syncDiff } from './mcp-servers.contract.js';
import { defineRoute } from './route.js';
import { tool } from './tools.contract.js';

const texts = z.record(z.string(), z.string());
const name = z.string().min(1).max(256);
const httpConfig = {
  server_name: name,
  server_url: z.string(),
  auth_header: z.string().min(1).nullish(),
  auth_token: z.string().nullish(),
  custom_headers: texts.nullish(),
};

/** V1's older form of a server: known by its name, its kind in `type`. */
const legacyConfig = z.union([
  z.object({ type: z.literal('streamable_http').default('streamable_http'), ...httpConfig }),
  z.object({ type: z.literal('sse'), ...httpConfig }),
  z.object({
    type: z.literal('stdio').default('stdio'),
    server_name: name,
    command: z.string().min(1),
    args: z.array(z.string()),
    env: texts.nullish(),
  }),
]);

export type LegacyConfigBody = z.output<typeof legacyConfig>;

/** Each kind of server names its members in a way of its own. */
const legacyChange = z.strictObject({
  server_name: name.nullish(),
  server_url: z.string().nullish(),
  auth_header: z.string().min(1).nullish(),
  auth_token: z.string().nullish(),
  token: z.string().nullish(),
  custom_headers: texts.nullish(),
  stdio_config: z.object({ command: z.string().min(1), args: z.array(z.string()), env: texts.nullish() }).nullish(),
});

export type LegacyChangeBody = z.output<typeof legacyChange>;

const http = {
  server_name: z.string(),
  server_url: z.string(),
  auth_header: z.string().nullable(),
  auth_token: z.string().nullable(),
  custom_headers: texts.nullable(),
};
const server = z.union([
  z.object({ type: z.literal('sse'), ...http }),
  z.object({ type: z.literal('streamable_http'), ...http }),
  z.object({
    type: z.literal('stdio'),
    server_name: z.string(),
    command: z.string(),
    args: z.array(z.string()),
    env: texts.nullable(),
  }),
]);

/** A tool as its server lists it, and whether it can be used. */
const mcpTool = z.looseObject({
  name: z.string(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  annotations: jsonObject.nullish(),
  outputSchema: jsonObject.nullish(),
  _meta: jsonObject.nullish(),
  inputSchema: jsonObject,
  health: z.object({ status: z.string(), reasons: z.array(z.string()) }),
});

const tag = 'tools';
const path = '/v1/tools/mcp/servers';
const byName = { path: '/v1/tools/mcp/servers/{mcp_server_name}', params: z.object({ mcp_server_name: z.string() }), tag };
const noInput = { query: nothing, body: nothing };

export const listLegacyServers = defineRoute({
  operationId: 'list_mcp_servers',
  method: 'get',
  path,
  tag,
  summary: 'List MCP servers, by name',
  params: nothing,
  ...noInput,
  response: z.record(z.string(), server),
});

export const addLegacyServer = defineRoute({
  operationId: 'add_mcp_server',
  method: 'put',
  path,
  tag,
  summary: 'Add an MCP server',
  params: nothing,
  query: nothing,
  body: legacyConfig,
  response: z.array(server),
});

export const updateLegacyServer = defineRoute({
  operationId: 'update_mcp_server',
  method: 'patch',
  ...byName,
  summary: 'Change an MCP server, by name',
  query: nothing,
  body: legacyChange,
  response: server,
});

export const deleteLegacyServer = defineRoute({
  operationId: 'delete_mcp_server',
  method: 'delete',
  ...byName,
  summary: 'Delete an MCP server with its tools, by name',
  ...noInput,
  response: z.array(server),
});

export const testLegacyServer = defineRoute({
  operationId: 'test_mcp_server',
  method: 'post',
  path: '/v1/tools/mcp/servers/test',
  tag,
  summary: 'Connect to an MCP server without keeping it, and list its tools',
  params: nothing,
  query: nothing,
  body: legacyConfig,
  response: z.object({ status: z.string(), tools: z.array(mcpTool).optional(), message: z.string().optional() }),
});

export const listLegacyTools = defineRoute({
  operationId: 'list_mcp_tools_by_server',
  method: 'get',
  path: '/v1/tools/mcp/servers/{mcp_server_name}/tools',
  params: byName.params,
  tag,
  summary: 'Ask an MCP server for its tools',
  ...noInput,
  response: z.array(mcpTool),
});

export const resyncLegacyServer = defineRoute({
  operationId: 'resync_mcp_server_tools',
  method: 'post',
  path: '/v1/tools/mcp/servers/{mcp_server_name}/resync',
  params: byName.params,
  tag,
  summary: "Bring an MCP server's tools to what it lists now, by name",
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: syncDiff,
});

export const addLegacyTool = defineRoute({
  operationId: 'add_mcp_tool',
  method: 'post',
  path: '/v1/tools/mcp/servers/{mcp_server_name}/{mcp_tool_name}',
  params: z.object({ mcp_server_name: z.string(), mcp_tool_name: z.string() }),
  tag,
  summary: 'Make a tool of an MCP server one of the organisation',
  ...noInput,
  response: tool,
});

export const executeLegacyTool = defineRoute({
  operationId: 'execute_mcp_tool',
  method: 'post',
  path: '/v1/tools/mcp/servers/{mcp_server_name}/tools/{tool_name}/execute',
  params: z.object({ mcp_server_name: z.string(), tool_name: z.string() }),
  tag,
  summary: 'Run a tool of an MCP server by its name there, outside of any run',
  query: nothing,
  body: z.object({ args: jsonObject.default({}) }),
  response: z.object({ result: z.unknown(), success: z.boolean() }),
});

/** As the newer operation, of a server that need not be kept. */
export const connectLegacyServer = defineRoute({
  operationId: 'connect_mcp_server',
  method: 'post',
  path: '/v1/tools/mcp/servers/connect',
  tag,
  summary: 'Connect to an MCP server, and let somebody sign in where it asks for that',
  params: nothing,
  query: nothing,
  body: legacyConfig,
  response: z.unknown(),
  streams: true,
});

/** Where browsers come back to after somebody has signed in. Open to all: `state` tells for whom. */
export const oauthCallback = defineRoute({
  operationId: 'mcp_oauth_callback',
  method: 'get',
  path: '/v1/tools/mcp/oauth/callback',
  tag,
  summary: 'Come back from signing in to an MCP server',
  params: nothing,
  query: z.object({
    code: z.string().optional(),
    state: z.string().optional(),
    error: z.string().optional(),
    error_description: z.string().optional(),
  }),
  body: nothing,
  response: z.unknown(),
});
