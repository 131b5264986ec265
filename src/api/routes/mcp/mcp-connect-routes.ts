import { randomBytes, randomUUID } from 'node:crypto';
import { connectLegacyServer, oauthCallback } from '../../../contract/mcp-legacy.contract.js';
import { connectMcpServer } from '../../../contract/mcp-servers.contract.js';
import { idPrefixes } from '../../../domain/ids.js';
import type { CheckedTool } from '../../../domain/mcp/mcp-tool.js';
import { McpFailure } from '../../../domain/mcp/mcp-failure.js';
import type { McpTarget } from '../../../domain/mcp/mcp-server.js';
import type { OauthSession } from '../../../repositories/mcp-oauth.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { oauthPage } from '../../presenters/oauth-page.js';
import { openEventStream } from '../../streams/sse.js';
import { askerOf, findServer } from './mcp-access.js';
import type { McpRoutesDeps } from './mcp-access.js';
import { checkConfig } from './mcp-config.js';
import { toTarget } from './mcp-legacy-routes.js';

export interface McpConnectRoutesDeps extends McpRoutesDeps {
  readonly keepaliveMs: number;
  readonly streamStallMs: number;
}

type ConnectEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** How often it is looked whether somebody has signed in, in ms: the browser may have come back to another process. */
const lookMs = 500;

/** Connecting to servers where somebody has to sign in. */
export function mcpConnectRoutes(deps: McpConnectRoutesDeps): MountedRoute[] {
  return [
    handleRoute(connectMcpServer, async ({ params }, context) => {
      const server = await findServer(deps, params.mcp_server_id, context);
      const keep = async (tools: readonly CheckedTool[]): Promise<void> => {
        await deps.mcpTools.sync({ id: server.id, organizationId: server.organizationId, userId: context.userId }, tools);
      };
      return streamEvents(deps, connect(deps, { target: server, serverId: server.id, keep }, context), context);
    }),
    handleRoute(connectLegacyServer, async ({ body }, context) => {
      const target = toTarget(body, context);
      checkConfig(target.config, deps.mcp.rules);
      return streamEvents(deps, connect(deps, { target, serverId: null, keep: () => Promise.resolve() }, context), context);
    }),
    handleRoute(oauthCallback, async ({ query }, { response }) => {
      const { status, text } = await comeBack(deps, query);
      response.status(status).set('content-type', 'text/html; charset=utf-8').set('cache-control', 'no-store').send(oauthPage(text));
      return answered;
    }),
  ];
}

async function streamEvents(
  { keepaliveMs, streamStallMs }: McpConnectRoutesDeps,
  events: AsyncGenerator<ConnectEvent>,
  { response }: RequestContext,
): Promise<typeof answered> {
  const stream = openEventStream(response, streamStallMs);
  const keepalive = setInterval(() => void stream.comment('waiting'), keepaliveMs);
  try {
    for await (const event of events) await stream.send(event);
  } finally {
    clearInterval(keepalive);
  }
  await stream.end(false);
  return answered;
}

interface Connecting {
  readonly target: McpTarget;
  /** Null = the server is not kept. */
  readonly serverId: string | null;
  readonly keep: (tools: readonly CheckedTool[]) => Promise<void>;
}

/** V1's events of a connection, in their order. */
async function* connect(deps: McpConnectRoutesDeps, connecting: Connecting, context: RequestContext): AsyncGenerator<ConnectEvent> {
  const { target } = connecting;
  yield { event: 'connection_attempt', server_name: target.name };
  try {
    const tools = await toolsUnlessUnauthorized(deps, connecting, context);
    if (tools !== null) {
      yield { event: 'success', tools };
      return;
    }
    yield { event: 'oauth_required', message: 'OAuth authentication required' };
    const session = await begin(deps, connecting, context);
    yield { event: 'authorization_url', url: session.authorizationUrl, session_id: session.id };
    yield { event: 'waiting_for_auth', message: 'Waiting for somebody to sign in' };
    const failure = await untilSignedIn(deps, session.id, context.signal);
    if (failure !== null) {
      yield { event: 'error', message: failure };
      return;
    }
    yield { event: 'success', tools: await listAndKeep(deps, connecting, context) };
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
    yield { event: 'error', message: error.message };
  }
}

async function listAndKeep(
  deps: McpConnectRoutesDeps,
  { target, keep }: Connecting,
  context: RequestContext,
): Promise<readonly CheckedTool[]> {
  const tools = await deps.mcp.clients.listTools(target, await askerOf(deps, undefined, context));
  await keep(tools);
  return tools;
}

async function toolsUnlessUnauthorized(
  deps: McpConnectRoutesDeps,
  connecting: Connecting,
  context: RequestContext,
): Promise<readonly CheckedTool[] | null> {
  try {
    return await listAndKeep(deps, connecting, context);
  } catch (error) {
    if (error instanceof McpFailure && error.kind === 'unauthorized' && connecting.target.config.type !== 'stdio') return null;
    throw error;
  }
}

async function begin(deps: McpConnectRoutesDeps, { target, serverId }: Connecting, context: RequestContext): Promise<OauthSession> {
  const { mcp, mcpOauth } = deps;
  const { request, organizationId, userId } = context;
  const root = mcp.publicUrl?.replace(/\/$/, '') ?? `${request.protocol}://${request.get('host') ?? ''}`;
  const id = `${idPrefixes.mcpOauth}-${randomUUID()}`;
  await mcpOauth.insert({
    id,
    organizationId,
    userId,
    mcpServerId: serverId,
    serverUrl: target.config.type === 'stdio' ? '' : target.config.url,
    serverName: target.name,
    redirectUri: `${root}${oauthCallback.path}`,
    state: newState(),
  });
  const session = await existing(deps, id);
  await mcp.clients.beginSignIn(target, mcp.recordOf(session));
  return existing(deps, id);
}

async function existing({ mcpOauth }: McpConnectRoutesDeps, id: string): Promise<OauthSession> {
  const session = await mcpOauth.find(id);
  if (session === null) throw new McpFailure('refused', 'The server was deleted meanwhile.', true);
  return session;
}

function newState(): string {
  return randomBytes(32).toString('base64url');
}

/** Null = somebody has; else why nobody has. */
async function untilSignedIn({ mcpOauth, mcp }: McpConnectRoutesDeps, id: string, signal: AbortSignal): Promise<string | null> {
  const until = Date.now() + mcp.oauthWaitMs;
  while (!signal.aborted && Date.now() < until) {
    const session = await mcpOauth.find(id);
    if (session === null) return 'The server was deleted meanwhile.';
    if (session.status === 'authorized') return null;
    if (session.status === 'error') return session.error ?? 'Signing in has failed.';
    await new Promise(resolve => setTimeout(resolve, lookMs));
  }
  return 'Nobody has signed in in time.';
}

interface CallbackQuery {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
}

/** What the browser brings back. Tokens are got here, so that they are kept whoever waits for them. */
async function comeBack(
  { mcp, mcpOauth }: McpConnectRoutesDeps,
  query: CallbackQuery,
): Promise<{ readonly status: number; readonly text: string }> {
  const session = query.state === undefined ? null : await mcpOauth.claim(query.state, newState(), mcp.oauthWaitMs);
  if (session === null)
    return { status: 400, text: 'This sign-in is unknown, over, or took too long. Connect to the MCP server once more.' };
  const fail = async (reason: string): Promise<{ status: number; text: string }> => {
    await mcpOauth.fail(session.id, reason);
    return { status: 400, text: reason };
  };
  if (query.code === undefined) return fail([query.error ?? 'No code has come back', query.error_description].filter(Boolean).join(': '));
  try {
    await mcp.clients.finishSignIn(session.serverUrl, mcp.recordOf(session), query.code);
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
    return fail(error.message);
  }
  return { status: 200, text: `Signed in to ${session.serverName}. This page can be closed.` };
}
