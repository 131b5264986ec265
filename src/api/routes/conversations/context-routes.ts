import { randomUUID } from 'node:crypto';
import type { DescribeContext } from '../../../activities/llm/context-overview.js';
import * as contract from '../../../contract/context.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ConversationForksRepository, ForkPoint } from '../../../repositories/conversation-forks.repository.js';
import type { ConversationsRepository } from '../../../repositories/conversations.repository.js';
import type { SystemMessageRepository } from '../../../repositories/system-message.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentContextOverview } from '../../presenters/context-overview.js';
import { presentConversation } from '../../presenters/conversation.js';
import { requireAgent } from '../require-agent.js';
import { compactConversation } from './compact-conversation.js';
import type { CompactConversationDeps } from './compact-conversation.js';
import { findConversation } from './find-conversation.js';
import type { FindConversationDeps, FoundConversation } from './find-conversation.js';
import { resetMessages } from './reset-messages.js';
import type { ResetMessagesDeps } from './reset-messages.js';

export interface ContextRoutesDeps extends CompactConversationDeps, FindConversationDeps, ResetMessagesDeps {
  readonly conversationRows: ConversationsRepository;
  readonly conversationForks: ConversationForksRepository;
  readonly systemMessages: SystemMessageRepository;
  readonly agents: Pick<AgentsRepository, 'exists' | 'find'>;
  readonly describeContext: DescribeContext;
}

/** The operations on what a conversation's model is sent, and those on an agent that mean its default conversation. */
export function contextRoutes(deps: ContextRoutesDeps): MountedRoute[] {
  const recompileOfAgent = async (agentId: string, query: { dry_run: boolean; update_timestamp: boolean }, context: RequestContext) =>
    recompile(deps, await findConversation(deps, agentId, null, context), { dryRun: query.dry_run, keepTime: !query.update_timestamp });
  return [
    handleRoute(contract.compactConversation, async ({ params, body }, context) =>
      compactConversation(deps, await findConversation(deps, params.conversation_id, body.agent_id, context), body, context),
    ),
    handleRoute(contract.retrieveContext, ({ params, query }, context) =>
      describeContext(deps, params.agent_id, query.conversation_id ?? null, context),
    ),
    handleRoute(contract.summarizeMessages, async ({ params, body }, context) =>
      compactConversation(deps, await findConversation(deps, params.agent_id, null, context), body, context),
    ),
    handleRoute(contract.recompileConversation, async ({ params, query, body }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, body.agent_id, context);
      return recompile(deps, conversation, { dryRun: query.dry_run, keepTime: false });
    }),
    handleRoute(contract.recompileAgent, ({ params, query }, context) => recompileOfAgent(params.agent_id, query, context)),
    handleRoute(contract.recompileAgentSystemPrompt, ({ params, query }, context) => recompileOfAgent(params.agent_id, query, context)),
    handleRoute(contract.resetMessages, ({ params, body }, context) =>
      resetMessages(deps, params.agent_id, body.add_default_initial_messages, context),
    ),
    handleRoute(contract.forkConversation, async ({ params, query, body }, context) => {
      const point = forkPoint(query.step_id ?? body.step_id ?? null, query.message_id ?? body.message_id ?? null);
      const source = await findConversation(deps, params.conversation_id, query.agent_id, context);
      const id = `conv-${randomUUID()}`;
      const { organizationId, userId } = context;
      await deps.conversationForks.fork({ id, sourceId: source.id, organizationId, userId, agentId: source.agentId, point });
      const fork = await deps.conversationRows.find(organizationId, id);
      if (fork === null) throw notFound('Conversation', id);
      return presentConversation(fork);
    }),
  ];
}

async function describeContext(deps: ContextRoutesDeps, agentId: string, named: string | null, context: RequestContext) {
  const conversationId = named === 'default' ? null : named;
  const { organizationId, signal } = context;
  const overview = await deps.describeContext({ organizationId, agentId, conversationId }, signal);
  if (overview !== null) return presentContextOverview(overview, conversationId);
  await requireAgent(deps.agents, agentId, context);
  throw notFound('Conversation', conversationId ?? '');
}

async function recompile(
  { systemMessages }: ContextRoutesDeps,
  { id }: FoundConversation,
  options: { readonly dryRun: boolean; readonly keepTime: boolean },
): Promise<string> {
  const text = options.dryRun ? await systemMessages.preview(id) : await systemMessages.recompile(id, options.keepTime);
  if (text === null) throw notFound('Conversation', id);
  return text;
}

function forkPoint(stepId: string | null, messageId: string | null): ForkPoint {
  if (stepId !== null && messageId !== null) throw new RequestError('unprocessable', "Only one of 'step_id' and 'message_id' can be given");
  if (stepId !== null) return { kind: 'step', id: stepId };
  return messageId === null ? { kind: 'now' } : { kind: 'message', id: messageId };
}
