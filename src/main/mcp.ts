import type { McpAccess } from '../api/routes/mcp/mcp-access.js';
import { programEnvironment } from '../config/program-environment.js';
import { packageVersion } from '../config/version.js';
import type { Settings } from '../config/settings.js';
import { createMcpServerStore } from '../domain/mcp/mcp-server-store.js';
import type { SecretCipher } from '../domain/secrets/secret-cipher.js';
import { oauthRecord } from '../domain/mcp/oauth-record.js';
import { createSecretsOf } from '../domain/secrets/secrets-of.js';
import { createMcpClients } from '../providers/mcp/create-mcp-clients.js';
import { createOauthProvider } from '../providers/mcp/oauth-provider.js';
import type { McpOauthRepository, OauthSession } from '../repositories/mcp-oauth.repository.js';
import type { OauthAccess } from '../providers/mcp/oauth-access.js';
import type { McpServersRepository } from '../repositories/mcp-servers.repository.js';
import type { ToolEnvironmentsRepository } from '../repositories/tool-environments.repository.js';

export interface McpParts {
  readonly settings: Settings;
  readonly mcpServers: McpServersRepository;
  readonly mcpOauth: McpOauthRepository;
  readonly secretCipher: SecretCipher;
  readonly toolEnvironments: ToolEnvironmentsRepository;
}

/** What the API and the worker know of MCP servers. */
export function createMcpAccess({ settings, mcpServers, mcpOauth, secretCipher, toolEnvironments }: McpParts): McpAccess {
  const stdioCommands = settings.mcpDisableStdio ? null : settings.mcpStdioCommands;
  const recordOf = (session: OauthSession) => oauthRecord(session, mcpOauth, secretCipher);
  const oauth: OauthAccess = {
    async providerOf({ id, organizationId }, config) {
      if (config.type === 'stdio' || config.token !== null) return null;
      const session = await mcpOauth.findAuthorized(organizationId, { id, url: config.url });
      return session === null ? null : createOauthProvider(recordOf(session), false);
    },
  };
  return {
    servers: createMcpServerStore(mcpServers, secretCipher),
    clients: createMcpClients({ ...clientOptions(settings), stdioCommands }, oauth),
    recordOf,
    oauthWaitMs: settings.mcpOauthWaitMs,
    publicUrl: settings.publicUrl,
    rules: { allowPrivate: settings.allowPrivateUrls, stdioCommands },
    secretsOf: createSecretsOf(toolEnvironments, secretCipher),
  };
}

function clientOptions(settings: Settings) {
  return {
    connectTimeoutMs: settings.mcpConnectSeconds * 1000,
    listTimeoutMs: settings.mcpListSeconds * 1000,
    callTimeoutMs: settings.mcpCallSeconds * 1000,
    maxConnections: settings.mcpMaxConnections,
    idleMs: settings.mcpIdleMs,
    maxBytes: settings.mcpMaxBytes,
    breakerFailures: settings.mcpBreakerFailures,
    breakerMs: settings.mcpBreakerMs,
    allowPrivate: settings.allowPrivateUrls,
    environment: programEnvironment(),
    version: packageVersion(),
  };
}
