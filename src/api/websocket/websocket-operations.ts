import type { WebsocketMessage } from '../../contract/websocket.contract.js';
import { notFound, RequestError } from '../../domain/errors.js';
import { defaultOrganizationId } from '../../domain/ids.js';
import type { RunListRepository, RunRecord } from '../../repositories/run-list.repository.js';
import { conversationTarget } from '../routes/conversations/conversation-target.js';
import { findConversation } from '../routes/conversations/find-conversation.js';
import type { FindConversationDeps } from '../routes/conversations/find-conversation.js';
import { agentTarget } from '../routes/messages/to-run-request.js';
import type { SendTarget } from '../routes/messages/to-run-request.js';
import { requestedStream, storedStream } from '../routes/messages/run-stream-request.js';
import { streamingKind, submitMessage } from '../routes/messages/send-message.js';
import type { SendMessageDeps } from '../routes/messages/send-message.js';
import { runItems } from '../streams/run-items.js';
import type { RunStreamRequest } from '../streams/run-items.js';

export interface WebsocketOperationsDeps extends SendMessageDeps, FindConversationDeps {
  readonly runs: Pick<RunListRepository, 'find'>;
}

type Message<Type extends WebsocketMessage['type']> = Extract<WebsocketMessage, { type: Type }>;

export interface OpenedStream {
  readonly runId: string;
  /** The items, and at last whether the end of the run was among them. */
  items(signal: AbortSignal): ReturnType<typeof runItems>;
  /** To be called when the client has got the end. */
  onAnswered(): void;
}

export interface WebsocketSenderFacts {
  /** What the client has shown to be let in: it tells senders apart when a request comes again. */
  readonly key: string | undefined;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
}

/** What WebSockets can ask for: the operations of the HTTP routes, by the same code. */
export interface WebsocketOperations {
  send(message: Message<'send'>, sender: WebsocketSenderFacts): Promise<OpenedStream>;
  subscribe(message: Message<'subscribe'>): Promise<OpenedStream>;
  cancel(message: Message<'cancel'>): Promise<void>;
}

const organizationId = defaultOrganizationId;

export function createWebsocketOperations(deps: WebsocketOperationsDeps): WebsocketOperations {
  const find = async (id: string): Promise<RunRecord> => {
    const run = await deps.runs.find(organizationId, id);
    if (run === null) throw notFound('Run', id);
    return run;
  };
  const open = (request: RunStreamRequest, onAnswered: () => void): OpenedStream => ({
    runId: request.runId,
    items: signal => runItems(deps, request, signal),
    onAnswered,
  });
  return {
    async send(message, { key, gone }) {
      const target = await targetOf(deps, message);
      const headers = new Map([
        ['authorization', key],
        ['idempotency-key', message.idempotency_key ?? undefined],
      ]);
      const request = { path: '/v1/ws', get: (name: string) => headers.get(name) };
      const accepted = await submitMessage(deps, target, message, streamingKind(message), { organizationId, request, signal: gone });
      return open(requestedStream(accepted, message), () => deps.answeredRuns.mark(accepted.runId));
    },

    async subscribe(message) {
      return open(storedStream(await find(message.run_id), message), () => undefined);
    },

    async cancel({ run_id: runId }) {
      const { agentId, conversationId } = await find(runId);
      await deps.submitter.cancel([{ runId, agentId, conversationId }]);
    },
  };
}

/** As the two operations of HTTP have it: a conversation by its name, or an agent's default one. */
async function targetOf(deps: WebsocketOperationsDeps, message: Message<'send'>): Promise<SendTarget> {
  const { agent_id: agentId, conversation_id: name, override_model } = message;
  if (name != null) {
    const conversation = await findConversation(deps, name, agentId, { organizationId });
    return conversationTarget(deps, conversation, { streaming: true, override_model });
  }
  if (agentId == null) throw new RequestError('unprocessable', "One of 'agent_id' and 'conversation_id' must be provided");
  return agentTarget(agentId);
}
