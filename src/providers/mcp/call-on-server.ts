import { z } from 'zod';
import type { McpCall, McpCallResult } from '../../domain/mcp/mcp-clients.js';
import type { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { ConnectionPool, Lease } from './connection-pool.js';
import type { McpConnection } from './mcp-connection.js';
import { poolKey } from './pool-key.js';
import type { ReadyServer, ServerAccess } from './server-access.js';

export interface CallDeps {
  readonly access: ServerAccess;
  readonly pool: ConnectionPool;
  /** Longest silence in a call. */
  readonly callTimeoutMs: number;
}

export type CallOutcome =
  | { readonly kind: 'result'; readonly result: McpCallResult }
  | { readonly kind: 'failure'; readonly failure: McpFailure; readonly wasReused: boolean };

/** Not all of what MCP prescribes, but what is used of it. */
const callResult = z.looseObject({
  isError: z.boolean().default(false),
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
});

/** The member of `_meta` by which a server knows a call that comes a second time. */
const keyName = 'perdura/idempotencyKey';

/** Calls a tool. A kept connection that turns out to be dead is replaced once, when nothing was sent over it or the call may be made twice. */
export async function callOnServer(deps: CallDeps, ready: ReadyServer, call: McpCall): Promise<CallOutcome> {
  const first = await attempt(deps, ready, call);
  if (first.kind === 'result' || !first.wasReused) return first;
  const { nothingSent, kind } = first.failure;
  return nothingSent || (call.mayRepeat && kind === 'protocol') ? attempt(deps, ready, call) : first;
}

async function attempt({ access, pool, callTimeoutMs }: CallDeps, ready: ReadyServer, call: McpCall): Promise<CallOutcome> {
  let lease: Lease;
  try {
    lease = await leaseOpen(access, pool, ready, call.signal);
  } catch (error) {
    call.signal.throwIfAborted();
    return { kind: 'failure', failure: await access.failure(error, ready, 'connect'), wasReused: false };
  }
  try {
    const result = await request(lease.connection, call, callTimeoutMs);
    lease.release();
    return { kind: 'result', result };
  } catch (error) {
    const failure = await access.failure(error, ready, 'ask');
    if (failure.kind === 'error' || call.signal.aborted) lease.release();
    else lease.discard();
    call.signal.throwIfAborted();
    return { kind: 'failure', failure, wasReused: lease.isReused };
  }
}

async function leaseOpen(access: ServerAccess, pool: ConnectionPool, ready: ReadyServer, signal: AbortSignal): Promise<Lease> {
  const key = poolKey(ready.server, ready.config, ready.agentId);
  for (;;) {
    const lease = await pool.lease(key, () => access.open(ready), signal);
    if (lease.connection.isOpen) return lease;
    lease.discard();
  }
}

function request({ client }: McpConnection, call: McpCall, silenceMs: number): Promise<McpCallResult> {
  const { toolName, args, key, signal } = call;
  return client.request({ method: 'tools/call', params: { name: toolName, arguments: args, _meta: { [keyName]: key } } }, callResult, {
    signal,
    timeout: silenceMs,
    resetTimeoutOnProgress: true,
    onprogress: progress => call.onProgress(progress),
  });
}
