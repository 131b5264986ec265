import { RequestError } from '../../../domain/errors.js';
import type { McpServer } from '../../../domain/mcp/mcp-server.js';
import { collisionText, wantedTool } from '../../../domain/mcp/plan-sync.js';
import type { ToolRecord } from '../../../repositories/tool-record.js';
import type { RequestContext } from '../../mount-route.js';
import { answeringUnavailable, askerOf } from './mcp-access.js';
import type { McpRoutesDeps } from './mcp-access.js';

/** Makes one tool that a server lists a tool of the organisation, or brings it up to date. */
export async function takeTool(deps: McpRoutesDeps, server: McpServer, toolName: string, context: RequestContext): Promise<ToolRecord> {
  const asker = await askerOf(deps, undefined, context);
  const listed = await answeringUnavailable(server, () => deps.mcp.clients.listTools(server, asker));
  const tool = listed.find(candidate => candidate.name === toolName);
  if (tool === undefined) throw toolNotFound(server.name, toolName);
  if (tool.health.status === 'INVALID') throw invalidSchema(tool.name, tool.health.reasons);
  const wanted = wantedTool(tool, server.toolPrefix);
  const { id, organizationId } = server;
  const stored = await deps.mcpTools.put({ id, organizationId, userId: context.userId }, wanted);
  if (stored === null) throw new RequestError('conflict', `Tool '${tool.name}' cannot be added: ${collisionText(wanted.name)}`);
  return stored;
}

function toolNotFound(server: string, toolName: string): RequestError {
  const message = `Tool ${toolName} not found in MCP server ${server} - please check the tool name.`;
  return new RequestError('not-found', message, { detail: { code: 'MCPToolNotFoundError', message, mcp_tool_name: toolName } });
}

function invalidSchema(toolName: string, reasons: readonly string[]): RequestError {
  const message = `Tool ${toolName} cannot be attached - JSON schema is invalid. Reasons: ${reasons.join(', ')}`;
  return new RequestError('invalid', message, { detail: { code: 'MCPToolSchemaInvalid', message, reasons } });
}
