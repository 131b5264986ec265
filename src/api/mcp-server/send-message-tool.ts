import { z } from 'zod';
import { key } from '../../contract/fields.js';
import { asyncBody } from '../../contract/messages.contract.js';
import { RequestError } from '../../domain/errors.js';
import type { RunEvent } from '../../domain/runs/run-event.js';
import { conversationTarget } from '../routes/conversations/conversation-target.js';
import { findConversation } from '../routes/conversations/find-conversation.js';
import type { FindConversationDeps } from '../routes/conversations/find-conversation.js';
import { plainPresentation, presentationOf } from '../routes/messages/presentation-of.js';
import { presentAnswer } from '../routes/messages/run-answer.js';
import { submitMessage } from '../routes/messages/send-message.js';
import type { Accepted, SendMessageDeps } from '../routes/messages/send-message.js';
import { agentTarget } from '../routes/messages/to-run-request.js';
import type { SendTarget } from '../routes/messages/to-run-request.js';
import { agentId } from './agent-tools.js';
import { defineMcpTool } from './mcp-tool.js';
import type { McpCaller, McpTool, McpToolResult } from './mcp-tool.js';

export interface SendMessageToolDeps extends SendMessageDeps, FindConversationDeps {}

const input = z.strictObject({
  agent_id: agentId,
  message: z.string().min(1).describe('What to say to the agent.'),
  conversation_id: z.string().optional().describe("Id of one of the agent's conversations; its own one without."),
  max_steps: z.number().int().min(1).max(1000).optional().describe('Steps that the agent may take at most.'),
  idempotency_key: key.min(1).optional().describe('The same message with the same key is sent once: sent again, it gets the same answer.'),
});

type Arguments = z.output<typeof input>;

/** Messages that MCP brings are those of the API: the same accept, the same queue, the same log to read the answer from. */
export function sendMessageTool(deps: SendMessageToolDeps): McpTool {
  return defineMcpTool({
    name: 'send_message',
    description:
      'Sends a message to an agent, and waits for its answer. The agent remembers: what was said before has not to be said again.',
    isReadOnly: false,
    input,
    async run(args, caller) {
      const accepted = await submit(deps, args, caller);
      // The request was cancelled while it was on its way here.
      if (caller.isCancelled()) await deps.submitter.cancel([{ ...accepted, agentId: args.agent_id }]);
      return answerOf(accepted, await untilEnd(deps, accepted.runId, caller));
    },
  });
}

async function submit(deps: SendMessageToolDeps, args: Arguments, caller: McpCaller): Promise<Accepted> {
  const { organizationId, signal, request: mcpRequest } = caller;
  const body = asyncBody.parse({ input: args.message, ...(args.max_steps === undefined ? {} : { max_steps: args.max_steps }) });
  // A request that a client posts again, as after a lost connection, is the same one.
  const idempotencyKey = args.idempotency_key ?? mcpRequest ?? undefined;
  const request = { path: '/mcp', get: (name: string) => (name === 'idempotency-key' ? idempotencyKey : undefined) };
  const kind = { runType: 'send_message', background: false, callbackUrl: null, ...(mcpRequest === null ? {} : { mcpRequest }) } as const;
  return submitMessage(deps, await targetOf(deps, args, caller), body, kind, { organizationId, request, signal });
}

async function targetOf(deps: SendMessageToolDeps, args: Arguments, caller: McpCaller): Promise<SendTarget> {
  if (args.conversation_id === undefined) return agentTarget(args.agent_id);
  const conversation = await findConversation(deps, args.conversation_id, args.agent_id, caller);
  if (conversation.agentId !== args.agent_id)
    throw new RequestError('not-found', `Agent ${args.agent_id} has no conversation ${args.conversation_id}`);
  return conversationTarget(deps, conversation, { streaming: false });
}

/** What the log of a run holds beside pieces, up to its end. */
async function untilEnd({ events, keepaliveMs }: SendMessageToolDeps, runId: string, caller: McpCaller): Promise<readonly RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events.follow(runId, { after: 0, signal: caller.signal, silenceMs: keepaliveMs })) {
    if (event === 'silence') await caller.progress('The agent is at work.');
    else if (event.kind === 'message' || event.kind === 'end') seen.push(event);
    if (event !== 'silence' && event.kind === 'message') await caller.progress(stepText(event));
  }
  return seen;
}

function stepText({ message }: Extract<RunEvent, { kind: 'message' }>): string {
  if (message.role === 'tool') return `Returned: ${message.toolReturns.map(({ toolName }) => toolName).join(', ')}`;
  if (message.role === 'assistant' && message.toolCalls.length > 0) return `Calls: ${message.toolCalls.map(({ name }) => name).join(', ')}`;
  return message.role === 'assistant' ? 'The agent speaks.' : 'The agent is at work.';
}

function answerOf({ runId, agentType, conversationId }: Accepted, events: readonly RunEvent[]): McpToolResult {
  const end = events.at(-1);
  if (end?.kind !== 'end') throw new RequestError('gone', `Run ${runId} was deleted before it ended`);
  const answer = presentAnswer(events, presentationOf(agentType, plainPresentation), null);
  const spoken = (answer?.messages ?? []).flatMap(message =>
    message.message_type === 'assistant_message' ? [textOf(message.content)] : [],
  );
  const { error, stopReason, status } = end.payload;
  const data = { run_id: runId, conversation_id: conversationId, status, stop_reason: stopReason, reply: spoken.join('\n\n') };
  if (error !== null) return { data, text: [error.message, error.detail].filter(text => text !== null).join(' '), isError: true };
  if (spoken.length > 0) return { data, text: data.reply };
  return { data, text: `The agent has said nothing: its run ${runId} has ended with ${stopReason}.` };
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
