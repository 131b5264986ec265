import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { McpConfig, McpTarget } from '../../domain/mcp/mcp-server.js';

/** Who has signed in to servers. */
export interface OauthAccess {
  /** Null when the server is told who asks in another way, or when nobody has signed in. */
  providerOf(server: McpTarget, config: McpConfig): Promise<OAuthClientProvider | null>;
}
