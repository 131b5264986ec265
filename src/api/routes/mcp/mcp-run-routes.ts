import type { Settings } from '../../../config/settings.js';
import { executeLegacyTool } from '../../../contract/mcp-legacy.contract.js';
import { runMcpServerTool } from '../../../contract/mcp-servers.contract.js';
import { notFound } from '../../../domain/errors.js';
import { trialCallOf } from '../../../domain/tools/trial-call.js';
import type { TrialResult } from '../../../domain/tools/tool-trial.js';
import type { ToolRecord } from '../../../repositories/tool-record.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentTrialResult } from '../../presenters/trial-result.js';
import { runTrial } from '../tools/run-trial.js';
import type { RunTrialDeps } from '../tools/run-trial.js';
import { findServer, findServerByName } from './mcp-access.js';
import type { McpRoutesDeps } from './mcp-access.js';
import { takeTool } from './take-tool.js';

export interface McpRunRoutesDeps extends McpRoutesDeps, RunTrialDeps {
  readonly settings: Pick<Settings, 'toolTimeoutMs' | 'mcpConnectSeconds' | 'mcpCallSeconds'>;
}

/** Tools of MCP servers that are run by a request, in the place of a model. */
export function mcpRunRoutes(deps: McpRunRoutesDeps): MountedRoute[] {
  const { toolTimeoutMs, mcpConnectSeconds, mcpCallSeconds } = deps.settings;
  const timeoutMs = Math.max(toolTimeoutMs, (mcpConnectSeconds + mcpCallSeconds) * 1000);
  const run = (tool: ToolRecord, args: Readonly<Record<string, unknown>>, context: RequestContext): Promise<TrialResult | null> => {
    const request = { args, source: null, call: trialCallOf(tool, timeoutMs) };
    return runTrial(deps, { agentId: null, toolId: tool.id, request, compared: [tool.id, args] }, context);
  };
  return [
    handleRoute(runMcpServerTool, async ({ params, body }, context) => {
      const { id } = await findServer(deps, params.mcp_server_id, context);
      const tool = await deps.mcpTools.find(context.organizationId, id, { id: params.tool_id });
      if (tool === null) throw notFound('Tool', params.tool_id);
      const result = await run(tool, body?.args ?? {}, context);
      return result === null ? answered : presentTrialResult(result);
    }),
    handleRoute(executeLegacyTool, async ({ params, body }, context) => {
      const server = await findServerByName(deps, params.mcp_server_name, context);
      const kept = await deps.mcpTools.find(context.organizationId, server.id, { mcpName: params.tool_name });
      // A worker runs tools that there are.
      const tool = kept ?? (await takeTool(deps, server, params.tool_name, context));
      const result = await run(tool, body.args, context);
      return result === null ? answered : { result: result.value ?? null, success: result.status === 'success' };
    }),
  ];
}
