import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { longestKey } from '../../contract/fields.js';
import { defaultOrganizationId, defaultUserId } from '../../domain/ids.js';
import type { RunListRepository } from '../../repositories/run-list.repository.js';
import { createMcpServer, mcpTools } from './create-mcp-server.js';
import type { McpServerDeps } from './create-mcp-server.js';

export interface McpRouterDeps extends McpServerDeps {
  readonly runs: Pick<RunListRepository, 'openRuns'>;
  /** Origins that browsers may ask from; `*` = all. */
  readonly corsOrigins: readonly string[];
}

const path = '/mcp';
const sessionHeader = 'mcp-session-id';
/** How often a run is looked for whose request is cancelled before it was accepted, and how long after each other, in ms. */
const cancelTries = 3;
const cancelPauseMs = 200;

/**
 * MCP over streamable HTTP. Nothing of a client is kept here: its session is a name that it sends with each request, and what it cancels is looked up in the
 * rows. Whoever may ask the API may ask this.
 */
export function createMcpRouter(deps: McpRouterDeps): Router {
  const router = Router();
  const tools = mcpTools(deps);
  /** Requests that this process is answering, and whether they were cancelled meanwhile. */
  const open = new Map<string, { isCancelled: boolean }>();
  const organizationId = defaultOrganizationId;

  const cancel = async (request: string): Promise<void> => {
    const here = open.get(request);
    if (here !== undefined) here.isCancelled = true;
    for (let tries = 1; ; tries += 1) {
      const runs = await deps.runs.openRuns({ organizationId, mcpRequest: request });
      if (runs.length > 0) await deps.submitter.cancel(runs);
      if (runs.length > 0 || tries === cancelTries) return;
      await pause(cancelPauseMs);
    }
  };
  const answer = async (request: Request, response: Response): Promise<void> => {
    const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js');
    const nameOf = namesOf(request);
    const names = requestsOf(request.body)
      .map(nameOf)
      .filter(name => name !== null);
    for (const name of names) open.set(name, { isCancelled: false });
    response.once('close', () => names.forEach(name => open.delete(name)));
    const server = await createMcpServer(deps, tools, {
      organizationId,
      userId: defaultUserId,
      nameOf,
      isCancelled: id => open.get(nameOf(id) ?? '')?.isCancelled === true,
    });
    const transport = new StreamableHTTPServerTransport({ keepAliveMs: deps.keepaliveMs });
    response.once('close', () => void server.close().catch(deps.onMcpFailure));
    await server.connect(transport);
    if (isInitialize(request.body)) response.setHeader(sessionHeader, randomUUID());
    await transport.handleRequest(request, response, request.body);
  };

  router.all(path, (request, response, next) => {
    const origin = request.get('origin');
    if (origin === undefined || deps.corsOrigins.includes('*') || deps.corsOrigins.includes(origin)) {
      next();
      return;
    }
    refuse(response, 403, `The origin ${origin} is not served: PERDURA_CORS_ORIGINS names those that are`);
  });
  router.post(path, async (request, response) => {
    const nameOf = namesOf(request);
    for (const id of cancelledBy(request.body)) {
      const name = nameOf(id);
      if (name !== null) await cancel(name);
    }
    await answer(request, response);
  });
  // There is nothing that this server tells clients unasked, and no session to end.
  router.all(path, (_request, response) => {
    response.set('allow', 'POST');
    refuse(response, 405, 'Only POST is served here');
  });
  return router;
}

/** In MCP's form. */
function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null });
}

/** Names the requests of a client among all others; null where it has told no session. */
function namesOf(request: Request): (requestId: string | number) => string | null {
  const session = request.get(sessionHeader) ?? '';
  return requestId => {
    const name = `mcp/${session}/${JSON.stringify(requestId)}`;
    return /^[\w-]{8,100}$/.test(session) && name.length <= longestKey ? name : null;
  };
}

interface JsonRpc {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly requestId?: unknown };
}

function messagesOf(body: unknown): readonly JsonRpc[] {
  return [body].flat().filter((message): message is JsonRpc => typeof message === 'object' && message !== null);
}

function isInitialize(body: unknown): boolean {
  return messagesOf(body).some(({ method }) => method === 'initialize');
}

function requestsOf(body: unknown): readonly (string | number)[] {
  return messagesOf(body).flatMap(({ id }) => (isRequestId(id) ? [id] : []));
}

function cancelledBy(body: unknown): readonly (string | number)[] {
  const ids = messagesOf(body).map(({ method, params }) => (method === 'notifications/cancelled' ? params?.requestId : null));
  return ids.filter(isRequestId);
}

function isRequestId(id: unknown): id is string | number {
  return typeof id === 'string' || typeof id === 'number';
}
