import { z } from 'zod';
import type { McpAsker, McpClients } from '../../domain/mcp/mcp-clients.js';
import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import { redactValues } from '../../domain/secrets/redact-values.js';
import type { McpTarget } from '../../domain/mcp/mcp-server.js';
import { checkTool } from '../../domain/mcp/mcp-tool.js';
import { createOutboundFetch } from '../outbound/outbound-fetch.js';
import { callOnServer } from './call-on-server.js';
import { createCircuitBreaker } from './circuit-breaker.js';
import type { OpenCircuit } from './circuit-breaker.js';
import { ConnectionPool } from './connection-pool.js';
import type { PoolOptions } from './connection-pool.js';
import { listAll } from './list-all.js';
import type { OauthAccess } from './oauth-access.js';
import { createServerAccess } from './server-access.js';
import type { AccessOptions } from './server-access.js';
import { beginSignIn, finishSignIn } from './sign-in.js';

export interface McpClientOptions extends AccessOptions, PoolOptions {
  readonly listTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly breakerFailures: number;
  readonly breakerMs: number;
}

/** Not all of what MCP prescribes, but what is used of it: a list with one odd tool is a list all the same. */
const listedTool = z.looseObject({
  name: z.string().min(1),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.unknown(),
  annotations: z.looseObject({ readOnlyHint: z.boolean().optional(), idempotentHint: z.boolean().optional() }).optional().catch(undefined),
});
const anyItem = z.looseObject({});

export function createMcpClients(options: McpClientOptions, oauth: OauthAccess): McpClients {
  const fetch = createOutboundFetch(options);
  const access = createServerAccess(options, oauth, fetch);
  const pool = new ConnectionPool(options);
  const breaker = createCircuitBreaker({ failures: options.breakerFailures, openMs: options.breakerMs, now: Date.now });

  /** On a connection of its own, closed after it: somebody looks at a server now, so its state counts and nothing is left open. */
  const list = async <Item>(server: McpTarget, asker: McpAsker, method: string, item: z.ZodType<Item>): Promise<Item[]> => {
    const ready = access.ready(server, asker);
    const connection = await access.open(ready).catch(async (error: unknown) => {
      throw await access.failure(error, ready, 'connect');
    });
    try {
      return await listAll(connection.client, { method, item, timeoutMs: options.listTimeoutMs, signal: asker.signal });
    } catch (error) {
      asker.signal.throwIfAborted();
      throw await access.failure(error, ready, 'ask');
    } finally {
      await connection.close();
    }
  };

  return {
    listTools: async (server, asker) => (await list(server, asker, 'tools/list', listedTool)).map(checkTool),
    listPrompts: (server, asker) => list(server, asker, 'prompts/list', anyItem),
    listResources: (server, asker) => list(server, asker, 'resources/list', anyItem),
    async callTool(server, call) {
      const ready = access.ready(server, call);
      const circuit = breaker.refusal(server.id);
      if (circuit !== null) throw leftAlone(server, circuit);
      const outcome = await callOnServer({ ...options, access, pool }, ready, call);
      if (outcome.kind === 'failure' && outcome.failure.isOutage) breaker.failed(server.id, outcome.failure.message);
      else breaker.succeeded(server.id);
      if (outcome.kind === 'failure') throw outcome.failure;
      return redactValues(outcome.result, ready.hidden);
    },
    beginSignIn: (server, record) => beginSignIn(access, server, record),
    finishSignIn: (serverUrl, record, code) => finishSignIn({ fetch, timeoutMs: options.connectTimeoutMs }, serverUrl, record, code),
    close: () => pool.close(),
  };
}

function leftAlone({ name }: McpTarget, { failures, lastError, remainingMs }: OpenCircuit): McpFailure {
  const seconds = Math.ceil(remainingMs / 1000);
  const text = `MCP server '${name}' is left alone for ${seconds} more seconds, since it has failed ${failures} times in a row. The last time: ${lastError}`;
  return new McpFailure('tripped', text, true);
}
