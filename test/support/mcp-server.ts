import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  CancelledNotificationSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult, Progress } from '@modelcontextprotocol/sdk/types.js';

export interface ToolOfServer {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

export interface SeenCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  progress(progress: Progress): Promise<void>;
}

export interface TestMcpServer {
  readonly url: string;
  readonly sseUrl: string;
  tools: readonly ToolOfServer[];
  /** Every request but those for streams. */
  readonly headers: IncomingHttpHeaders[];
  readonly calls: SeenCall[];
  /** Reasons of calls that were called off. */
  readonly cancelled: string[];
  readonly sessions: number;
  answer: (call: SeenCall) => Promise<CallToolResult>;
  /** Goes before MCP: true = it has answered. */
  intercept: (request: IncomingMessage, response: ServerResponse, body: string) => boolean;
  /** Ends all connections, and forgets all sessions. */
  breakOff(): void;
  close(): Promise<void>;
}

export function textResult(text: string): CallToolResult {
  return { content: [{ type: 'text', text }] };
}

/** A server made with MCP's SDK, over streamable HTTP and SSE at once. */
export async function startMcpServer(): Promise<TestMcpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const streams = new Map<string, SSEServerTransport>();
  const http = createServer((request, response) => {
    void readBody(request).then(body => serve(request, response, body));
  });

  const protocol = (): Server => {
    const server = new Server({ name: 'test', version: '1' }, { capabilities: { tools: {}, prompts: {}, resources: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: test.tools.map(tool => ({ inputSchema: { type: 'object' }, ...tool }) as never),
    }));
    server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: [{ name: 'greet', description: 'Greets.' }] }));
    server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [{ uri: 'file:///heron.txt', name: 'heron' }] }));
    server.setNotificationHandler(CancelledNotificationSchema, ({ params }) => {
      test.cancelled.push(params.reason ?? '');
    });
    server.setRequestHandler(CallToolRequestSchema, ({ params }, { requestInfo, sendNotification }) => {
      const { progressToken, ...meta } = params._meta ?? {};
      const call: SeenCall = {
        name: params.name,
        args: params.arguments ?? {},
        meta,
        headers: requestInfo?.headers ?? {},
        progress: progress =>
          sendNotification({ method: 'notifications/progress', params: { ...progress, progressToken: progressToken ?? 0 } }),
      };
      test.calls.push(call);
      return test.answer(call);
    });
    return server;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, body: string): Promise<void> => {
    if (request.method === 'POST') test.headers.push(request.headers);
    if (test.intercept(request, response, body)) return;
    const url = new URL(request.url ?? '/', 'http://host');
    if (url.pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      streams.set(transport.sessionId, transport);
      await protocol().connect(transport);
    } else if (url.pathname === '/messages') {
      const transport = streams.get(url.searchParams.get('sessionId') ?? '');
      if (transport === undefined) response.writeHead(404).end('no such session');
      else await transport.handlePostMessage(request, response, JSON.parse(body));
    } else await serveStreamable(request, response, body);
  };
  const serveStreamable = async (request: IncomingMessage, response: ServerResponse, body: string): Promise<void> => {
    const id = request.headers['mcp-session-id'];
    let transport = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && transport === undefined) {
      response.writeHead(404).end('no such session');
      return;
    }
    if (transport === undefined) {
      const created = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: session => void sessions.set(session, created),
      });
      await protocol().connect(created);
      transport = created;
      opened += 1;
    }
    await transport.handleRequest(request, response, body === '' ? undefined : JSON.parse(body));
  };

  let opened = 0;
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', () => resolve()));
  const root = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const test: TestMcpServer = {
    url: `${root}/mcp`,
    sseUrl: `${root}/sse`,
    tools: [],
    headers: [],
    calls: [],
    cancelled: [],
    get sessions() {
      return opened;
    },
    answer: call => Promise.resolve(textResult(`${call.name} done`)),
    intercept: () => false,
    breakOff() {
      sessions.clear();
      streams.clear();
      http.closeAllConnections();
    },
    close: () =>
      new Promise(resolve => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return test;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
