import { randomUUID } from 'node:crypto';
import {
  createConversation,
  deleteConversation,
  listConversations,
  retrieveConversation,
  updateConversation,
} from '../../../contract/conversations.contract.js';
import type { ConversationMembersBody } from '../../../contract/conversations.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { ConversationMembers, ConversationRecord, ConversationsRepository } from '../../../repositories/conversations.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentConversation } from '../../presenters/conversation.js';
import { settingsChanges } from '../agents/agent-model.js';
import { pageOf } from '../page.js';
import { conversationMessageRoutes } from './conversation-message-routes.js';
import type { ConversationMessageRoutesDeps } from './conversation-message-routes.js';

export interface ConversationRoutesDeps extends ConversationMessageRoutesDeps {
  readonly conversationRows: ConversationsRepository;
  readonly submitter: RunSubmitter;
}

export function conversationRoutes(deps: ConversationRoutesDeps): MountedRoute[] {
  const { conversationRows } = deps;
  const find = async (id: string, context: RequestContext): Promise<ConversationRecord> => {
    const conversation = await conversationRows.find(context.organizationId, id);
    if (conversation === null) throw notFound('Conversation', id);
    return conversation;
  };
  return [
    handleRoute(createConversation, async ({ query, body }, context) => {
      const id = `conv-${randomUUID()}`;
      await conversationRows.create({
        id,
        organizationId: context.organizationId,
        userId: context.userId,
        agentId: query.agent_id,
        isolatedLabels: [...new Set(body.isolated_block_labels ?? [])],
        ...membersOf(body),
      });
      return presentConversation(await find(id, context));
    }),
    handleRoute(listConversations, async ({ query }, context) => {
      const filter = { organizationId: context.organizationId, agentId: query.agent_id, summarySearch: query.summary_search };
      return (await conversationRows.list(filter, query.order_by, pageOf(query))).map(presentConversation);
    }),
    handleRoute(retrieveConversation, async ({ params }, context) => presentConversation(await find(params.conversation_id, context))),
    handleRoute(updateConversation, async ({ params, body }, context) => {
      const change = { ...membersOf(body), lastMessageAt: body.last_message_at };
      if (!(await conversationRows.update(context.organizationId, context.userId, params.conversation_id, change))) {
        throw notFound('Conversation', params.conversation_id);
      }
      return presentConversation(await find(params.conversation_id, context));
    }),
    handleRoute(deleteConversation, async ({ params }, context) => {
      const openRuns = await conversationRows.delete(context.organizationId, params.conversation_id);
      if (openRuns === null) throw notFound('Conversation', params.conversation_id);
      // They are noted to be cancelled already; this settles those that have not started, and hurries the other one.
      await deps.submitter.cancel(openRuns.map(({ id, agentId }) => ({ runId: id, agentId, conversationId: params.conversation_id })));
      return null;
    }),
    ...conversationMessageRoutes(deps),
  ];
}

/** Whether the model exists is asked when a message is sent, as V1 does it. */
function membersOf({ summary, model, model_settings: modelSettings }: ConversationMembersBody): ConversationMembers {
  if (model != null && !/^[^/]+\/.+$/.test(model)) {
    throw new RequestError('invalid', `The model '${model}' is no handle: it has to look like provider/model-name`);
  }
  return { summary, model, modelSettings, configChanges: modelSettings == null ? null : settingsChanges(modelSettings) };
}
