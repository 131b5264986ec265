import {
  cancelMessage,
  createMessageAsync,
  createMessageStream,
  listMessages,
  modifyMessage,
  retrieveMessage,
  sendMessage,
} from '../../../contract/messages.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { noParts } from '../../../repositories/agent-record.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentRun } from '../../presenters/run.js';
import { requireAgent } from '../require-agent.js';
import { cancelRuns } from './cancel-runs.js';
import type { CancelRunsDeps } from './cancel-runs.js';
import { plainPresentation, presentationOf } from './presentation-of.js';
import type { PresentationMembers } from './presentation-of.js';
import { sendMessageTo, streamAnswer, submitMessage } from './send-message.js';
import type { SendMessageDeps } from './send-message.js';
import { agentTarget } from './to-run-request.js';
import type { SendKind } from './to-run-request.js';

export interface MessageRoutesDeps extends SendMessageDeps, CancelRunsDeps {
  readonly agents: AgentsRepository;
  readonly messages: MessageListRepository;
}

/** The operations on an agent's messages: those that send mean its default conversation. */
export function messageRoutes(deps: MessageRoutesDeps): MountedRoute[] {
  return [
    handleRoute(sendMessage, ({ params, body }, context) => sendMessageTo(deps, agentTarget(params.agent_id), body, context)),
    handleRoute(createMessageStream, ({ params, body }, context) => streamAnswer(deps, agentTarget(params.agent_id), body, context)),
    handleRoute(createMessageAsync, async ({ params, body }, context) => {
      const kind: SendKind = { runType: 'send_message_async', background: true, callbackUrl: body.callback_url ?? null };
      const accepted = await submitMessage(deps, agentTarget(params.agent_id), body, kind, context);
      const run = await deps.runs.find(context.organizationId, accepted.runId);
      if (run === null) throw new RequestError('not-found', `Run ${accepted.runId} not found`);
      deps.answeredRuns.mark(accepted.runId);
      return presentRun(run);
    }),
    handleRoute(cancelMessage, async ({ params, body }, context) => {
      await requireAgent(deps.agents, params.agent_id, context);
      const scope = { organizationId: context.organizationId, agentIds: [params.agent_id] };
      return cancelRuns(deps, scope, body.run_ids ?? null, `agent ${params.agent_id}`);
    }),
    handleRoute(listMessages, ({ params, query }, context) => list(deps, params.agent_id, query, context)),
    handleRoute(retrieveMessage, ({ params }, context) => retrieve(deps, params.message_id, context)),
    handleRoute(modifyMessage, () => Promise.reject(new RequestError('method-not-allowed', 'Messages are immutable'))),
  ];
}

/** As the list of its agent's messages shows it without further wishes. */
async function retrieve({ agents, messages }: MessageRoutesDeps, messageId: string, { organizationId }: RequestContext) {
  const message = await messages.find(organizationId, messageId);
  const agent = message === null ? null : await agents.find(organizationId, message.agentId, noParts);
  if (message === null || agent === null) throw notFound('Message', messageId);
  return presentMessage(message, presentationOf(agent.agentType, plainPresentation));
}

interface ListQuery extends PresentationMembers {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly group_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly include_err?: boolean | undefined;
  readonly include_return_message_types?: readonly string[] | undefined;
}

async function list(deps: MessageRoutesDeps, agentId: string, query: ListQuery, context: RequestContext) {
  const agent = await deps.agents.find(context.organizationId, agentId, noParts);
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  const messages = await deps.messages.list(
    {
      organizationId: context.organizationId,
      agentId,
      groupId: query.group_id,
      conversationId: query.conversation_id,
      withErrors: query.include_err,
    },
    { before: query.before ?? null, after: query.after ?? null, limit: Math.min(query.limit, 1000), newest: query.order === 'desc' },
  );
  const presentation = presentationOf(agent.agentType, query);
  const types = query.include_return_message_types;
  const shown = messages.flatMap(message => presentMessage(message, presentation));
  return types === undefined ? shown : shown.filter(message => types.includes(message.message_type));
}
