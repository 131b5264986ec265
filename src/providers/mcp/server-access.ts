import { fillPlaceholders } from '../../domain/mcp/fill-placeholders.js';
import type { McpAsker } from '../../domain/mcp/mcp-clients.js';
import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { NamedSecret } from '../../domain/secrets/redact-values.js';
import { soundsSecret } from '../../domain/secrets/sounds-secret.js';
import type { McpConfig, McpTarget } from '../../domain/mcp/mcp-server.js';
import { refuseCommand } from '../../domain/mcp/refuse-command.js';
import { refuseVariables } from '../../domain/mcp/refuse-variables.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OutboundFetch } from '../outbound/outbound-fetch.js';
import { toMcpFailure } from './classify-failure.js';
import { headersOf, openConnection } from './mcp-connection.js';
import type { McpConnection } from './mcp-connection.js';
import { loadMcpSdk } from './mcp-sdk.js';
import type { OauthAccess } from './oauth-access.js';

export interface AccessOptions {
  readonly connectTimeoutMs: number;
  readonly maxBytes: number;
  readonly allowPrivate: boolean;
  /** Null = servers over stdio are off. */
  readonly stdioCommands: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
}

/** A server that may be talked to, its placeholders filled. */
export interface ReadyServer {
  readonly server: McpTarget;
  readonly config: McpConfig;
  readonly agentId: string | null;
  /** What no error may hold. */
  readonly secrets: readonly string[];
  /** What no result may hold: headers that are no secrets stand in many of them. */
  readonly hidden: readonly NamedSecret[];
}

/** How servers are reached, and what is said of those that are not. */
export function createServerAccess(options: AccessOptions, oauth: OauthAccess, fetch: OutboundFetch) {
  const { connectTimeoutMs, version, maxBytes, environment, stdioCommands } = options;
  return {
    /** Throws McpFailure for one that is not called at all. */
    ready(server: McpTarget, { agentId, secrets }: Pick<McpAsker, 'agentId' | 'secrets'>): ReadyServer {
      const { config, missing } = fillPlaceholders(server.config, secrets);
      const reason = refusal(config, missing, stdioCommands);
      if (reason !== null) throw new McpFailure('refused', `MCP server '${server.name}' is not called: ${reason}`, true);
      const hidden = [...hiddenOf(config), ...Object.entries(secrets).map(([name, value]) => ({ name, value }))];
      return { server, config, agentId, secrets: [...secretsOf(config), ...Object.values(secrets)], hidden };
    },

    /** As whoever has signed in, unless somebody is about to. */
    async open({ server, config, agentId }: ReadyServer, signingIn?: OAuthClientProvider): Promise<McpConnection> {
      const [sdk, provider] = await Promise.all([loadMcpSdk(), signingIn ?? oauth.providerOf(server, config)]);
      return openConnection(config, {
        sdk,
        fetch,
        connectTimeoutMs,
        version,
        stdio: { maxBytes, environment },
        headers: agentId === null ? {} : { 'X-Agent-Id': agentId },
        oauth: provider,
      });
    },

    async failure(error: unknown, { server, secrets }: ReadyServer, phase: 'connect' | 'ask'): Promise<McpFailure> {
      return toMcpFailure(error, { serverName: server.name, phase, redact: text => redact(text, secrets), sdk: await loadMcpSdk() });
    },
  };
}

export type ServerAccess = ReturnType<typeof createServerAccess>;

function refusal(config: McpConfig, missing: readonly string[], stdioCommands: readonly string[] | null): string | null {
  if (missing.length > 0) return `${missing.join(', ')} is no secret of the agent, and has no default.`;
  if (config.type === 'stdio') return refuseCommand(config.command, stdioCommands) ?? refuseVariables(Object.keys(config.env ?? {}));
  return URL.canParse(config.url) ? null : 'its URL is none.';
}

function secretsOf(config: McpConfig): readonly string[] {
  return config.type === 'stdio' ? Object.values(config.env ?? {}) : [...Object.values(headersOf(config)), config.token ?? ''];
}

function hiddenOf(config: McpConfig): readonly NamedSecret[] {
  const own = Object.entries(config.type === 'stdio' ? (config.env ?? {}) : headersOf(config));
  const named = own.filter(([name]) => soundsSecret(name)).map(([name, value]) => ({ name, value }));
  return config.type === 'stdio' || config.token === null ? named : [...named, { name: 'token', value: config.token }];
}

/** Servers repeat what they were sent. */
function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter(secret => secret.length >= 4).reduce((current, secret) => current.replaceAll(secret, '[redacted]'), text);
}
