import { z } from 'zod';
import { jsonObject, nothing } from './fields.js';
import { defineRoute } from './route.js';
import { toolExecutionResult } from './tool-runs.contract.js';
import { tool } from './tools.contract.js';

const texts = z.record(z.string(), z.string());
const toolPrefix = z.string().regex(/^[a-zA-Z0-9_-]{1,32}$/, '1 to 32 letters, digits, _ and - are needed');

const httpConfig = {
  server_url: z.string(),
  auth_header: z.string().min(1).nullish(),
  auth_token: z.string().nullish(),
  custom_headers: texts.nullish(),
};
const stdioConfig = { command: z.string().min(1), args: z.array(z.string()), env: texts.nullish() };

/** The kind may be left out where the members tell it; then a URL is one of streamable HTTP. */
const newConfig = z.union([
  z.strictObject({ mcp_server_type: z.literal('streamable_http').default('streamable_http'), ...httpConfig }),
  z.strictObject({ mcp_server_type: z.literal('sse'), ...httpConfig }),
  z.strictObject({ mcp_server_type: z.literal('stdio').default('stdio'), ...stdioConfig }),
]);

const changedHttp = { ...httpConfig, server_url: z.string().nullable() };
const changedConfig = z.union([
  z.strictObject({ mcp_server_type: z.literal('streamable_http').default('streamable_http'), ...changedHttp }),
  z.strictObject({ mcp_server_type: z.literal('sse'), ...changedHttp }),
  z.strictObject({
    mcp_server_type: z.literal('stdio').default('stdio'),
    command: z.string().min(1).nullable(),
    args: z.array(z.string()).nullable(),
    env: texts.nullish(),
  }),
]);

export type NewConfigBody = z.output<typeof newConfig>;
export type ChangedConfigBody = z.output<typeof changedConfig>;

const newServer = z.strictObject({ server_name: z.string().min(1).max(256), config: newConfig, tool_prefix: toolPrefix.nullish() });
const changedServer = z.strictObject({
  server_name: z.string().min(1).max(256).nullish(),
  config: changedConfig,
  tool_prefix: toolPrefix.nullish(),
});

/** `tool_prefix`, `sync_error` and `sync_warnings` are ours beside V1's members; they are there when they have something to tell. */
const serverFields = {
  id: z.string(),
  server_name: z.string(),
  tool_prefix: z.string().optional(),
  sync_error: z.string().optional(),
  sync_warnings: z.array(z.string()).optional(),
};
const httpFields = {
  server_url: z.string(),
  auth_header: z.string().nullable(),
  auth_token: z.string().nullable(),
  custom_headers: texts.nullable(),
};
const mcpServer = z.union([
  z.object({
    mcp_server_type: z.literal('stdio'),
    ...serverFields,
    command: z.string(),
    args: z.array(z.string()),
    env: texts.nullable(),
  }),
  z.object({ mcp_server_type: z.literal('sse'), ...serverFields, ...httpFields }),
  z.object({ mcp_server_type: z.literal('streamable_http'), ...serverFields, ...httpFields }),
]);

/** `warnings` are ours: of tools that were left out. */
export const syncDiff = z.object({
  deleted: z.array(z.string()),
  updated: z.array(z.string()),
  added: z.array(z.string()),
  warnings: z.array(z.string()).optional(),
});

const tag = 'mcp-servers';
const path = '/v1/mcp-servers/';
const serverId = z.object({ mcp_server_id: z.string() });
const byId = { path: '/v1/mcp-servers/{mcp_server_id}', params: serverId, tag };
const noInput = { query: nothing, body: nothing };

export const listMcpServers = defineRoute({
  operationId: 'mcp_list_mcp_servers',
  method: 'get',
  path,
  tag,
  summary: 'List MCP servers',
  params: nothing,
  ...noInput,
  response: z.array(mcpServer),
});

export const createMcpServer = defineRoute({
  operationId: 'mcp_create_mcp_server',
  method: 'post',
  path,
  tag,
  summary: 'Create an MCP server, and its tools where it can be reached',
  params: nothing,
  query: nothing,
  body: newServer,
  response: mcpServer,
});

export const retrieveMcpServer = defineRoute({
  operationId: 'mcp_retrieve_mcp_server',
  method: 'get',
  ...byId,
  summary: 'Retrieve an MCP server',
  ...noInput,
  response: mcpServer,
});

export const updateMcpServer = defineRoute({
  operationId: 'mcp_update_mcp_server',
  method: 'patch',
  ...byId,
  summary: 'Change an MCP server',
  query: nothing,
  body: changedServer,
  response: mcpServer,
});

export const deleteMcpServer = defineRoute({
  operationId: 'mcp_delete_mcp_server',
  method: 'delete',
  ...byId,
  summary: 'Delete an MCP server with its tools',
  ...noInput,
  response: nothing,
});

export const refreshMcpServer = defineRoute({
  operationId: 'mcp_refresh_mcp_server_tools',
  method: 'patch',
  path: '/v1/mcp-servers/{mcp_server_id}/refresh',
  params: serverId,
  tag,
  summary: "Bring an MCP server's tools to what it lists now",
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: syncDiff,
});

export const listMcpServerTools = defineRoute({
  operationId: 'mcp_list_tools_for_mcp_server',
  method: 'get',
  path: '/v1/mcp-servers/{mcp_server_id}/tools',
  params: serverId,
  tag,
  summary: "List an MCP server's tools",
  ...noInput,
  response: z.array(tool),
});

const toolById = z.object({ mcp_server_id: z.string(), tool_id: z.string() });

export const retrieveMcpServerTool = defineRoute({
  operationId: 'mcp_retrieve_mcp_tool',
  method: 'get',
  path: '/v1/mcp-servers/{mcp_server_id}/tools/{tool_id}',
  params: toolById,
  tag,
  summary: 'Retrieve a tool of an MCP server',
  ...noInput,
  response: tool,
});

export const runMcpServerTool = defineRoute({
  operationId: 'mcp_run_tool',
  method: 'post',
  path: '/v1/mcp-servers/{mcp_server_id}/tools/{tool_id}/run',
  params: toolById,
  tag,
  summary: 'Run a tool of an MCP server, outside of any run',
  query: nothing,
  body: z.strictObject({ args: jsonObject.default({}) }),
  optionalBody: true,
  response: toolExecutionResult,
});

/** The answer is a stream of events, up to the one that tells what came of it. */
export const connectMcpServer = defineRoute({
  operationId: 'mcp_connect_mcp_server',
  method: 'get',
  path: '/v1/mcp-servers/connect/{mcp_server_id}',
  params: serverId,
  tag,
  summary: 'Connect to an MCP server, and let somebody sign in where it asks for that',
  ...noInput,
  response: z.unknown(),
  streams: true,
});

/** Of this server, beside V1. */
export const listMcpPrompts = defineRoute({
  operationId: 'mcp_list_prompts',
  method: 'get',
  path: '/v1/mcp-servers/{mcp_server_id}/prompts',
  params: serverId,
  tag,
  summary: 'Ask an MCP server for its prompts',
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: z.array(jsonObject),
});

export const listMcpResources = defineRoute({
  operationId: 'mcp_list_resources',
  method: 'get',
  path: '/v1/mcp-servers/{mcp_server_id}/resources',
  params: serverId,
  tag,
  summary: 'Ask an MCP server for its resources',
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: z.array(jsonObject),
});
