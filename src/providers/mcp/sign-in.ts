import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { McpTarget } from '../../domain/mcp/mcp-server.js';
import type { OauthRecord } from '../../domain/mcp/oauth-record.js';
import type { OutboundFetch } from '../outbound/outbound-fetch.js';
import { loadMcpSdk } from './mcp-sdk.js';
import { createOauthProvider } from './oauth-provider.js';
import type { ServerAccess } from './server-access.js';

/** Finds out where somebody has to sign in to a server, and notes it on the record. Throws McpFailure. */
export async function beginSignIn(access: ServerAccess, server: McpTarget, record: OauthRecord): Promise<void> {
  const ready = access.ready(server, { agentId: null, secrets: {} });
  const sdk = await loadMcpSdk();
  try {
    const connection = await access.open(ready, createOauthProvider(record, true));
    await connection.close();
  } catch (error) {
    if (error instanceof sdk.UnauthorizedError) return;
    throw await access.failure(error, ready, 'connect');
  }
  throw new McpFailure('protocol', `MCP server '${server.name}' lets in whom it has just turned away.`, true);
}

/** Gets tokens for what the browser has brought back. Throws McpFailure. */
export async function finishSignIn(
  { fetch, timeoutMs }: { readonly fetch: OutboundFetch; readonly timeoutMs: number },
  serverUrl: string,
  record: OauthRecord,
  authorizationCode: string,
): Promise<void> {
  const sdk = await loadMcpSdk();
  const limited: OutboundFetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  try {
    await sdk.auth(createOauthProvider(record, true), { serverUrl, authorizationCode, fetchFn: limited });
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new McpFailure('unauthorized', `Signing in to MCP server '${record.serverName}' failed: ${reason}`, true);
  }
}
