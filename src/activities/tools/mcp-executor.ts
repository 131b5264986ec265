import { Context } from '@temporalio/activity';
import type { McpClients } from '../../domain/mcp/mcp-clients.js';
import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { McpServerStore } from '../../domain/mcp/mcp-server-store.js';
import { resultText } from '../../domain/mcp/result-text.js';
import type { SecretsOf } from '../../domain/secrets/secrets-of.js';
import type { McpToolsRepository } from '../../repositories/mcp-tools.repository.js';
import type { KindExecutor } from './tool-executor.js';

export interface McpExecutorDeps {
  readonly mcp: {
    readonly servers: Pick<McpServerStore, 'open'>;
    readonly clients: Pick<McpClients, 'callTool'>;
    readonly secretsOf: SecretsOf;
  };
  readonly mcpTools: Pick<McpToolsRepository, 'placeOf'>;
}

/** Calls tools of MCP servers. Whatever a server does wrong is a result for the model. */
export function createMcpExecutor({ mcp, mcpTools }: McpExecutorDeps): KindExecutor {
  return async ({ id, organizationId, agentId, tool }, args, signal) => {
    const place = tool === null ? null : await mcpTools.placeOf(organizationId, tool.id);
    if (tool === null || place === null) return { status: 'error', value: 'The tool belongs to no MCP server any more.' };
    const activity = Context.current();
    try {
      const result = await mcp.clients.callTool(mcp.servers.open(place.server), {
        agentId,
        secrets: await mcp.secretsOf({ organizationId, agentId }),
        signal,
        toolName: place.mcpName,
        args,
        key: id,
        mayRepeat: tool.retryClass !== 'never',
        // A sign of life. What it says of it may be long, or secret, and Temporal would keep it.
        onProgress: () => activity.heartbeat(),
      });
      return { status: result.isError ? 'error' : 'success', value: resultText(result) };
    } catch (error) {
      if (signal.aborted || !(error instanceof McpFailure)) throw error;
      return { status: 'error', value: error.message };
    }
  };
}
