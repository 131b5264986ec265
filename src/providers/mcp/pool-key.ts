import { createHash } from 'node:crypto';
import type { McpConfig, McpTarget } from '../../domain/mcp/mcp-server.js';

/** Calls share a connection when the server sees the same of both: organisation, agent, address and headers. Nothing secret can be read from it. */
export function poolKey({ organizationId, id }: McpTarget, config: McpConfig, agentId: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([organizationId, id, agentId, config]))
    .digest('base64url');
}
