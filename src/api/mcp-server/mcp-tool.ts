import { z } from 'zod';

/** Who calls a tool, and how it is told of what goes on. */
export interface McpCaller {
  readonly organizationId: string;
  readonly userId: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** What tells this request from all others, by which it can be cancelled; null where the client has no session. */
  readonly request: string | null;
  /** Whether the client has cancelled the request. */
  isCancelled(): boolean;
  /** Tells the client, if it wants to know, that the call goes on. */
  progress(message: string): Promise<void>;
}

export interface McpToolResult {
  /** For programs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** For a model; the data as JSON without. */
  readonly text?: string;
  readonly isError?: boolean;
}

export interface McpTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly isReadOnly: boolean;
  /** Rejects with a RequestError for what is asked wrongly. */
  call(args: unknown, caller: McpCaller): Promise<McpToolResult>;
}

/** The arguments of a call are not those of the tool. */
export class McpArgumentError extends Error {
  override readonly name = 'McpArgumentError';
}

export interface ToolDefinition<Input extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  readonly isReadOnly: boolean;
  readonly run: (args: z.output<Input>, caller: McpCaller) => Promise<McpToolResult>;
}

export function defineMcpTool<Input extends z.ZodType>({ input, run, ...tool }: ToolDefinition<Input>): McpTool {
  return {
    ...tool,
    inputSchema: z.toJSONSchema(input, { io: 'input' }),
    call: (args, caller) => {
      const parsed = input.safeParse(args);
      if (!parsed.success) throw new McpArgumentError(`Invalid arguments: ${z.prettifyError(parsed.error)}`);
      return run(parsed.data, caller);
    },
  };
}
