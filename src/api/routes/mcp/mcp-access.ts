import { RequestError } from '../../../domain/errors.js';
import type { McpAsker, McpClients } from '../../../domain/mcp/mcp-clients.js';
import { McpFailure } from '../../../domain/mcp/mcp-failure.js';
import type { McpServerStore } from '../../../domain/mcp/mcp-server-store.js';
import type { McpServer } from '../../../domain/mcp/mcp-server.js';
import type { SecretsOf } from '../../../domain/secrets/secrets-of.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { OauthRecord } from '../../../domain/mcp/oauth-record.js';
import type { McpOauthRepository, OauthSession } from '../../../repositories/mcp-oauth.repository.js';
import type { McpServersRepository } from '../../../repositories/mcp-servers.repository.js';
import type { McpToolsRepository, SyncDiff } from '../../../repositories/mcp-tools.repository.js';
import type { RequestContext } from '../../mount-route.js';
import { requireAgent } from '../require-agent.js';
import type { McpRules } from './mcp-config.js';

/** All that the API needs of MCP. */
export interface McpAccess {
  readonly servers: McpServerStore;
  readonly clients: McpClients;
  readonly rules: McpRules;
  /** A sign-in for whoever goes through it. */
  readonly recordOf: (session: OauthSession) => OauthRecord;
  /** How long somebody may take to sign in. */
  readonly oauthWaitMs: number;
  /** Root under which browsers reach the API; null = the host that was asked. */
  readonly publicUrl: string | null;
  /** The secrets of an agent, which placeholders stand for. */
  readonly secretsOf: SecretsOf;
}

export interface McpRoutesDeps {
  readonly mcp: McpAccess;
  readonly mcpServers: McpServersRepository;
  readonly mcpTools: McpToolsRepository;
  readonly mcpOauth: McpOauthRepository;
  readonly agents: Pick<AgentsRepository, 'exists'>;
}

export async function findServer({ mcp }: McpRoutesDeps, id: string, { organizationId }: RequestContext): Promise<McpServer> {
  const server = await mcp.servers.find(organizationId, id);
  if (server === null) throw new RequestError('not-found', `MCP server with id ${id} not found`);
  return server;
}

export async function findServerByName({ mcp }: McpRoutesDeps, name: string, { organizationId }: RequestContext): Promise<McpServer> {
  const server = await mcp.servers.findByName(organizationId, name);
  if (server !== null) return server;
  const message = `MCP server '${name}' not found`;
  throw new RequestError('not-found', message, { detail: { code: 'MCPServerNotFoundError', message, mcp_server_name: name } });
}

/** For whom a server is asked: an agent where the request names one. */
export async function askerOf(deps: McpRoutesDeps, agentId: string | undefined, context: RequestContext): Promise<McpAsker> {
  if (agentId === undefined) return { agentId: null, secrets: {}, signal: context.signal };
  await requireAgent(deps.agents, agentId, context);
  return { agentId, secrets: await deps.mcp.secretsOf({ organizationId: context.organizationId, agentId }), signal: context.signal };
}

/** Brings a server's tools to what it lists. Why it could not be asked is noted, and thrown. */
export async function syncServer(deps: McpRoutesDeps, server: McpServer, asker: McpAsker, { userId }: RequestContext): Promise<SyncDiff> {
  const { id, organizationId } = server;
  try {
    const listed = await deps.mcp.clients.listTools(server, asker);
    const diff = await deps.mcpTools.sync({ id, organizationId, userId }, listed);
    if (diff === null) throw new RequestError('not-found', `MCP server with id ${id} not found`);
    return diff;
  } catch (error) {
    if (error instanceof McpFailure) await deps.mcpServers.noteSyncFailure(organizationId, id, error.message);
    throw error;
  }
}

/** As syncServer; a server that cannot be asked stays as it is. */
export async function trySync(deps: McpRoutesDeps, server: McpServer, asker: McpAsker, context: RequestContext): Promise<void> {
  try {
    await syncServer(deps, server, asker, context);
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
  }
}

export function presentDiff({ warnings, ...diff }: SyncDiff) {
  return warnings.length === 0 ? diff : { ...diff, warnings };
}

/** Runs what asks a server; what the server does wrong becomes V1's answer. */
export async function answeringFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof McpFailure) throw toRequestError(error);
    throw error;
  }
}

function toRequestError({ kind, message }: McpFailure): RequestError {
  if (kind === 'refused') return new RequestError('invalid', message);
  const type = kind === 'timeout' ? 'mcp_timeout' : kind === 'unauthorized' ? 'mcp_oauth_required' : 'mcp_connection_error';
  return new RequestError(kind === 'timeout' ? 'timeout' : 'unreachable', message, { error: { type, message, detail: null } });
}

/** V1's answer where the tools of a kept server are wanted: whatever is wrong with it, it is not there. */
export async function answeringUnavailable<Result>({ name }: McpServer, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
    const { message } = error;
    throw new RequestError('not-found', message, { detail: { code: 'MCPServerUnavailable', message, mcp_server_name: name } });
  }
}
