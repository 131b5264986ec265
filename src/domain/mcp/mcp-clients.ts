import type { McpTarget } from './mcp-server.js';
import type { CheckedTool } from './mcp-tool.js';
import type { OauthRecord } from './oauth-record.js';

/** For whom a server is talked to. */
export interface McpAsker {
  /** Null = nobody's turn: nothing of an agent is sent. */
  readonly agentId: string | null;
  readonly secrets: Readonly<Record<string, string>>;
  /** Ends it. A server that tells of its progress may take as long as that. */
  readonly signal: AbortSignal;
}

export interface McpCall extends McpAsker {
  /** As the server names it. */
  readonly toolName: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The idempotency key. */
  readonly key: string;
  /** Whether the call may be made once more after a connection that broke. */
  readonly mayRepeat: boolean;
  onProgress(progress: McpProgress): void;
}

export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface McpCallResult {
  readonly isError: boolean;
  readonly content: readonly unknown[];
  readonly structuredContent?: unknown;
}

/** Talks to MCP servers. Everything throws McpFailure, or the reason of a `signal` that aborts. */
export interface McpClients {
  listTools(server: McpTarget, asker: McpAsker): Promise<readonly CheckedTool[]>;
  listPrompts(server: McpTarget, asker: McpAsker): Promise<readonly Readonly<Record<string, unknown>>[]>;
  listResources(server: McpTarget, asker: McpAsker): Promise<readonly Readonly<Record<string, unknown>>[]>;
  callTool(server: McpTarget, call: McpCall): Promise<McpCallResult>;
  /** Finds out where somebody has to sign in, and notes it on the record. */
  beginSignIn(server: McpTarget, record: OauthRecord): Promise<void>;
  /** Gets tokens for the code that the browser has brought back. */
  finishSignIn(serverUrl: string, record: OauthRecord, code: string): Promise<void>;
  close(): Promise<void>;
}
