import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { RequestError } from '../../domain/errors.js';
import { agentTools } from './agent-tools.js';
import type { AgentToolsDeps } from './agent-tools.js';
import { blockTemplate, listBlocks, readBlock } from './block-resources.js';
import type { BlockResourcesDeps } from './block-resources.js';
import { McpArgumentError } from './mcp-tool.js';
import type { McpCaller, McpTool, McpToolResult } from './mcp-tool.js';
import { memoryTools } from './memory-tools.js';
import type { MemoryToolsDeps } from './memory-tools.js';
import { searchMessagesTool } from './search-messages-tool.js';
import { sendMessageTool } from './send-message-tool.js';
import type { SendMessageToolDeps } from './send-message-tool.js';
import type { StoredMessageSearchDeps } from '../routes/messages/search-stored-messages.js';

export interface McpServerDeps extends AgentToolsDeps, BlockResourcesDeps, MemoryToolsDeps, SendMessageToolDeps, StoredMessageSearchDeps {
  readonly agents: AgentToolsDeps['agents'];
  readonly version: string;
  /** Of what nobody expected: the client is told no more than that it happened. */
  readonly onMcpFailure: (error: unknown) => void;
}

const instructions =
  'Agents that remember. list_agents says which there are, send_message talks to one and waits for its answer; the other tools read and write what they remember.';

export function mcpTools(deps: McpServerDeps): readonly McpTool[] {
  return [...agentTools(deps), sendMessageTool(deps), searchMessagesTool(deps), ...memoryTools(deps)];
}

type CallerFacts = Omit<McpCaller, 'signal' | 'request' | 'isCancelled' | 'progress'> & {
  /** The name of a request among all that clients have sent. */
  readonly nameOf: (requestId: string | number) => string | null;
  readonly isCancelled: (requestId: string | number) => boolean;
};

/** A server for one request of a client. What it knows of the client is in the request, so that any API process can answer the next one. */
export async function createMcpServer(deps: McpServerDeps, tools: readonly McpTool[], caller: CallerFacts): Promise<Server> {
  const [{ Server }, sdk] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  const server = new Server({ name: 'perdura', version: deps.version }, { capabilities: { tools: {}, resources: {} }, instructions });
  const answered = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RequestError) throw new sdk.McpError(sdk.ErrorCode.InvalidParams, error.message);
      deps.onMcpFailure(error);
      throw new sdk.McpError(sdk.ErrorCode.InternalError, 'An unknown error occurred');
    }
  };
  server.setRequestHandler(sdk.ListToolsRequestSchema, () => ({ tools: tools.map(presentTool) }));
  server.setRequestHandler(sdk.CallToolRequestSchema, async ({ params }, { signal, requestId, sendNotification }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined) throw new sdk.McpError(sdk.ErrorCode.InvalidParams, `There is no tool ${params.name}`);
    const progressToken = params._meta?.progressToken;
    let progress = 0;
    const call: McpCaller = {
      ...caller,
      signal,
      request: caller.nameOf(requestId),
      isCancelled: () => caller.isCancelled(requestId),
      async progress(message) {
        if (progressToken === undefined || signal.aborted) return;
        progress += 1;
        await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, message } });
      },
    };
    return answered(async () => presentResult(await withToolErrors(() => tool.call(params.arguments ?? {}, call))));
  });
  server.setRequestHandler(sdk.ListResourcesRequestSchema, ({ params }) =>
    answered(() => listBlocks(deps, params?.cursor ?? null, caller)),
  );
  server.setRequestHandler(sdk.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [blockTemplate] }));
  server.setRequestHandler(sdk.ReadResourceRequestSchema, ({ params }) => answered(() => readBlock(deps, params.uri, caller)));
  return server;
}

/** What is asked wrongly is a result that a model can read, and ask better. */
async function withToolErrors(work: () => Promise<McpToolResult>): Promise<McpToolResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof McpArgumentError) return { data: {}, text: error.message, isError: true };
    if (error instanceof RequestError) return { data: { ...error.extra }, text: error.message, isError: true };
    throw error;
  }
}

function presentTool({ name, description, inputSchema, isReadOnly }: McpTool) {
  return {
    name,
    description,
    inputSchema: { ...inputSchema, type: 'object' as const },
    annotations: { readOnlyHint: isReadOnly, openWorldHint: false },
  };
}

function presentResult({ data, text, isError = false }: McpToolResult) {
  return { content: [{ type: 'text' as const, text: text ?? JSON.stringify(data, null, 2) }], structuredContent: data, isError };
}
