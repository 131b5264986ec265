import type { WebsocketMessage } from '../../contract/websocket.contract.js';
import { notFound } from '../../domain/errors.js';
import { defaultOrganizationId } from '../../domain/ids.js';
import type { RunListRepository, RunRecord } from '../../repositories/run-list.repository.js';
import { requestedStream, storedStream } from '../routes/messages/run-stream-request.js';
import { streamingKind, submitMessage } from '../routes/messages/send-message.js';
import type { SendMessageDeps } from '../routes/messages/send-message.js';
import { runItems } from '../streams/run-items.js';
import type { RunStreamRequest } from '../streams/run-items.js';

export interface WebsocketOperationsDeps extends SendMessageDeps {
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

/** What WebSockets can ask for: the operations of the HTTP routes, by the same code. */
export interface WebsocketOperations {
  /** `key` = what the client has shown to be let in: it tells senders apart when a request comes again. */
  send(message: Message<'send'>, key: string | undefined): Promise<OpenedStream>;
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
    async send(message, key) {
      const {
        type: _type,
        id: _id,
        agent_id: agentId,
        conversation_id: conversationId,
        idempotency_key: idempotencyKey,
        ...body
      } = message;
      const target = { agentId, conversationId: conversationId ?? null, runType: null, onBusy: null };
      const headers = new Map([
        ['authorization', key],
        ['idempotency-key', idempotencyKey ?? undefined],
      ]);
      const request = { path: '/v1/ws', get: (name: string) => headers.get(name) };
      const accepted = await submitMessage(deps, target, body, streamingKind(body), { organizationId, request });
      return open(requestedStream(accepted, body), () => deps.answeredRuns.mark(accepted.runId));
    },

    async subscribe({ type: _type, id: _id, ...position }) {
      return open(storedStream(await find(position.run_id), position), () => undefined);
    },

    async cancel({ run_id: runId }) {
      const { agentId, conversationId } = await find(runId);
      await deps.submitter.cancel({ runId, agentId, conversationId });
    },
  };
}
