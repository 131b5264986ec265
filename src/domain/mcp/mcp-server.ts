export interface StdioConfig {
  readonly type: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>> | null;
}

export interface HttpConfig {
  readonly type: 'sse' | 'streamable_http';
  readonly url: string;
  /** The header that carries the token; null = Authorization, as a bearer. */
  readonly authHeader: string | null;
  readonly token: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
}

/** How an MCP server is reached. Its texts may hold placeholders for secrets of agents. */
export type McpConfig = StdioConfig | HttpConfig;

/** What the last look at a server's tools has brought. */
export interface McpSyncState {
  readonly at: string | null;
  /** Why it could not be reached. */
  readonly error: string | null;
  /** Of tools that were left out. */
  readonly warnings: readonly string[];
}

export interface McpServer {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly config: McpConfig;
  /** Stands before the names of its tools, so that they meet no others. */
  readonly toolPrefix: string | null;
  readonly sync: McpSyncState;
}

/** A server to talk to, that need not be kept: how it is named in errors, and where it is. */
export type McpTarget = Pick<McpServer, 'id' | 'organizationId' | 'name' | 'config'>;
