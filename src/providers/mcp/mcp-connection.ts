import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { HttpConfig, McpConfig } from '../../domain/mcp/mcp-server.js';
import type { OutboundFetch } from '../outbound/outbound-fetch.js';
import type { McpSdk } from './mcp-sdk.js';
import { StdioTransport } from './stdio-transport.js';
import type { StdioOptions } from './stdio-transport.js';
import { WatchedTransport } from './watched-transport.js';

export interface ConnectionOptions {
  readonly sdk: McpSdk;
  readonly fetch: OutboundFetch;
  readonly stdio: StdioOptions;
  readonly connectTimeoutMs: number;
  readonly version: string;
  /** Sent beside the configured ones. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null = nobody has signed in. */
  readonly oauth: OAuthClientProvider | null;
}

export interface McpConnection {
  readonly client: Client;
  readonly isOpen: boolean;
  close(): Promise<void>;
}

/** Connects to a server whose placeholders are filled. Throws what the SDK or the transport throws. */
export async function openConnection(config: McpConfig, options: ConnectionOptions): Promise<McpConnection> {
  const { sdk, connectTimeoutMs } = options;
  const transport = config.type === 'stdio' ? new StdioTransport(config, sdk, options.stdio) : httpTransport(config, options);
  const client = new sdk.Client({ name: 'perdura', version: options.version });
  const state = { isOpen: true };
  client.onclose = () => {
    state.isOpen = false;
  };
  const connection = {
    client,
    get isOpen() {
      return state.isOpen;
    },
    close: () => closeConnection(client, transport),
  };
  try {
    await withinLimit(limit => client.connect(transport, limit), connectTimeoutMs);
    return connection;
  } catch (error) {
    await connection.close();
    throw transport instanceof StdioTransport ? withLastWords(error, transport) : error;
  }
}

/** Of all that it takes: the SDK's own limit is that of the first request alone. */
async function withinLimit(connect: (limit: RequestOptions) => Promise<void>, timeoutMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  await Promise.race([
    connect({ timeout: timeoutMs, signal: timeout }),
    new Promise<never>((_, reject) => timeout.addEventListener('abort', () => reject(timeout.reason as Error), { once: true })),
  ]);
}

async function closeConnection(client: Client, transport: Transport): Promise<void> {
  // Whoever closes has no use for what goes wrong in it.
  await client.close().catch(() => undefined);
  await transport.close().catch(() => undefined);
}

function httpTransport(config: HttpConfig, { sdk, fetch, headers, oauth }: ConnectionOptions): Transport {
  const url = new URL(config.url);
  const common = { requestInit: { headers: { ...headersOf(config), ...headers } }, ...(oauth === null ? {} : { authProvider: oauth }) };
  // The client that comes back after a break is a new one to the server: whoever waits for an answer waits in vain.
  if (config.type === 'sse') return new WatchedTransport(new sdk.SSEClientTransport(url, { ...common, fetch }), () => true);
  const watched: WatchedTransport = new WatchedTransport(
    new sdk.StreamableHTTPClientTransport(url, { ...common, fetch: tellingOfEnds(fetch, id => watched.streamEnded(id)) }),
    () => false,
  );
  return watched;
}

/** Tells of the end of each stream that answers one request. One whose events have ids can be gone on with: the SDK sees to that. */
function tellingOfEnds(fetch: OutboundFetch, onEnd: (requestId: string | number) => void): OutboundFetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const id = init?.method === 'POST' ? requestIdOf(init.body) : null;
    if (id === null || response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
      return response;
    const text = new TextDecoder();
    let resumable = false;
    const [status, headers] = [response.status, response.headers];
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            resumable ||= /(^|\n)id:/.test(text.decode(value, { stream: true }));
            controller.enqueue(value);
            return;
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        if (!resumable) onEnd(id);
      },
      cancel: reason => reader.cancel(reason),
    });
    return new Response(body, { status, headers });
  };
}

function requestIdOf(body: unknown): string | number | null {
  if (typeof body !== 'string') return null;
  const message = JSON.parse(body) as { readonly id?: string | number; readonly method?: string };
  return message.method === undefined ? null : (message.id ?? null);
}

export function headersOf({ authHeader, token, headers }: HttpConfig): Record<string, string> {
  const common = { ...headers };
  if (token === null) return common;
  const isBearer = authHeader === null || authHeader.toLowerCase() === 'authorization';
  return { ...common, [authHeader ?? 'Authorization']: isBearer && !/^\w+ /.test(token) ? `Bearer ${token}` : token };
}

function withLastWords(error: unknown, { said }: StdioTransport): unknown {
  return said === '' || !(error instanceof Error) ? error : new Error(`${error.message}. It said: ${said}`, { cause: error });
}
