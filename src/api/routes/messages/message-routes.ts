import {
  cancelMessage,
  createMessageAsync,
  createMessageStream,
  listMessages,
  modifyMessage,
  sendMessage,
} from '../../../contract/messages.contract.js';
import type { SendBody, SendFields } from '../../../contract/messages.contract.js';
import { agentTypeTraits, defaultAgentType, isAgentType } from '../../../domain/agents/agent-type.js';
import { RequestError } from '../../../domain/errors.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import type { AcceptResult } from '../../../domain/runs/run-request.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunListRepository } from '../../../repositories/run-list.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { runErrorResponse } from '../../error-response.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import type { MessagePresentation } from '../../presenters/letta-message-types.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentRun, presentUsage } from '../../presenters/run.js';
import type { AnsweredRuns } from './answered-runs.js';
import { streamRun } from './run-stream-writer.js';
import type { RunStreamDeps } from './run-stream-writer.js';
import { toRunRequest } from './to-run-request.js';
import type { RunDefaults, SendKind } from './to-run-request.js';

export interface MessageRoutesDeps extends RunStreamDeps {
  readonly agents: AgentsRepository;
  readonly runs: RunListRepository;
  readonly messages: MessageListRepository;
  readonly models: Pick<ModelCatalog, 'resolveModel'>;
  readonly submitter: RunSubmitter;
  readonly answeredRuns: AnsweredRuns;
  readonly runDefaults: RunDefaults;
}

type Accepted = Extract<AcceptResult, { kind: 'accepted' | 'attached' }>;

export function messageRoutes(deps: MessageRoutesDeps): MountedRoute[] {
  return [
    handleRoute(sendMessage, ({ params, body }, context) => {
      checkStreamMembers(body);
      return body.streaming ? stream(deps, params.agent_id, body, context) : block(deps, params.agent_id, body, context);
    }),
    handleRoute(createMessageStream, ({ params, body }, context) => stream(deps, params.agent_id, body, context)),
    handleRoute(createMessageAsync, async ({ params, body }, context) => {
      const kind: SendKind = { runType: 'send_message_async', background: true, callbackUrl: null };
      const accepted = await submit(deps, params.agent_id, body, kind, context);
      const run = await deps.runs.find(context.organizationId, accepted.runId);
      if (run === null) throw new RequestError('not-found', `Run ${accepted.runId} not found`);
      deps.answeredRuns.mark(accepted.runId);
      return presentRun(run);
    }),
    handleRoute(cancelMessage, ({ params, body }, context) => cancel(deps, params.agent_id, body.run_ids ?? null, context)),
    handleRoute(listMessages, ({ params, query }, context) => list(deps, params.agent_id, query, context)),
    handleRoute(modifyMessage, () => Promise.reject(new RequestError('method-not-allowed', 'Messages are immutable'))),
  ];
}

function checkStreamMembers(body: SendBody): void {
  if (body.streaming) return;
  const wrong = body.stream_tokens ? 'stream_tokens' : body.background ? 'background' : body.include_pings ? null : 'include_pings';
  if (wrong !== null) throw new RequestError('unprocessable', `The field '${wrong}' needs streaming to be true`);
}

async function submit(
  deps: MessageRoutesDeps,
  agentId: string,
  body: SendFields,
  kind: SendKind,
  context: RequestContext,
): Promise<Accepted> {
  if (body.override_model != null && (await deps.models.resolveModel(body.override_model)) === null) {
    throw new RequestError('not-found', `Handle ${body.override_model} not found`);
  }
  const sender = { organizationId: context.organizationId, agentId };
  const result = await deps.submitter.submit(toRunRequest(body, kind, sender, context.request, deps.runDefaults));
  switch (result.kind) {
    case 'agent-not-found':
      throw new RequestError('not-found', 'Agent not found');
    case 'busy':
      throw new RequestError('conflict', 'Cannot send a new message: Another request is currently being processed for this conversation.', {
        run_id: result.runId,
      });
    default:
      return result;
  }
}

async function block(deps: MessageRoutesDeps, agentId: string, body: SendBody, context: RequestContext): Promise<unknown> {
  const kind: SendKind = { runType: 'send_message', background: false, callbackUrl: null };
  const accepted = await submit(deps, agentId, body, kind, context);
  const events = await deps.events.waitForEnd(accepted.runId, context.signal);
  const end = events?.at(-1);
  if (events === null || end?.kind !== 'end') return answered;
  context.response.once('finish', () => deps.answeredRuns.mark(accepted.runId));
  if (end.payload.error !== null) {
    const { status, headers, body: error } = runErrorResponse(end.payload.error);
    context.response.status(status).set(headers).json(error);
    return answered;
  }
  const presentation = presentationOf(accepted.agentType, body);
  const shown = events.flatMap(event => (event.kind === 'message' ? presentMessage(event.message, presentation) : []));
  const types: readonly string[] | null = body.include_return_message_types ?? null;
  return {
    messages: types === null ? shown : shown.filter(message => types.includes(message.message_type)),
    stop_reason: { message_type: 'stop_reason', stop_reason: end.payload.stopReason },
    usage: presentUsage(end.payload.usage),
    logprobs: null,
    turns: null,
  };
}

async function stream(deps: MessageRoutesDeps, agentId: string, body: SendBody, context: RequestContext): Promise<unknown> {
  const kind: SendKind = { runType: 'send_message_streaming', background: body.background, callbackUrl: null };
  const accepted = await submit(deps, agentId, body, kind, context);
  const request = {
    runId: accepted.runId,
    presentation: presentationOf(accepted.agentType, body),
    mode: body.stream_tokens ? ('tokens' as const) : ('steps' as const),
    includeTypes: body.include_return_message_types ?? null,
    startingAfter: 0,
    includePings: body.include_pings,
  };
  if (await streamRun(deps, request, context)) deps.answeredRuns.mark(accepted.runId);
  return answered;
}

interface PresentationMembers {
  readonly use_assistant_message: boolean;
  readonly assistant_message_tool_name: string;
  readonly assistant_message_tool_kwarg: string;
  readonly include_compaction_messages?: boolean;
}

export function presentationOf(agentType: string, body: PresentationMembers): MessagePresentation {
  const traits = agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
  return {
    textIsAssistantMessage: traits.textIsAssistantMessage,
    useAssistantMessage: traits.speaksBySendMessage && body.use_assistant_message,
    assistantMessageToolName: body.assistant_message_tool_name,
    assistantMessageToolKwarg: body.assistant_message_tool_kwarg,
    includeCompactionMessages: body.include_compaction_messages ?? false,
  };
}

/** The runs that are named, or all of the agent's that have not ended. */
async function cancel(deps: MessageRoutesDeps, agentId: string, ids: readonly string[] | null, context: RequestContext) {
  const agent = await deps.agents.find(context.organizationId, agentId, { blocks: false, tools: false, tags: false });
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  const filter = { organizationId: context.organizationId, agentIds: [agentId], ...(ids === null ? { statuses: openStatuses } : { ids }) };
  const runs = await deps.runs.list(filter, { before: null, after: null, limit: 100, ascending: false });
  if (runs.length === 0) throw new RequestError('conflict', `No active runs to cancel for agent ${agentId}`);
  const outcomes: Record<string, string> = {};
  for (const run of runs) {
    await deps.submitter.cancel({ runId: run.id, agentId, conversationId: run.conversationId });
    outcomes[run.id] = 'cancelled';
  }
  return outcomes;
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
  const agent = await deps.agents.find(context.organizationId, agentId, { blocks: false, tools: false, tags: false });
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
