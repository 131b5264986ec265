import { listAllMessages, searchAllMessages, searchMessages } from '../../../contract/message-search.contract.js';
import type { Message, MessageRole } from '../../../domain/messages/message.js';
import { searchText } from '../../../domain/messages/search-text.js';
import type { FoundMessages, RecordedMessage } from '../../../domain/search/message-search.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import type { LettaMessage, MessagePresentation } from '../../presenters/letta-message-types.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentStoredMessage } from '../../presenters/stored-message.js';
import { instantOrNull } from '../../presenters/wire-fields.js';
import { plainPresentation, presentationOf } from './presentation-of.js';
import { searchStoredMessages } from './search-stored-messages.js';
import type { StoredMessageSearchDeps, WantedMessages } from './search-stored-messages.js';

export interface MessageSearchRoutesDeps extends StoredMessageSearchDeps {
  readonly agents: AgentsRepository;
  readonly messages: MessageListRepository;
}

/** Tells that vectors were asked for and could not be had; V1's bodies have no place for it. */
const degradedHeader = 'x-perdura-search-degraded';
const largestPage = 1000;

/** The operations on the messages of all agents. */
export function messageSearchRoutes(deps: MessageSearchRoutesDeps): MountedRoute[] {
  return [
    handleRoute(listAllMessages, async ({ query }, context) => {
      const { before, after, limit, order, conversation_id: conversationId, include_return_message_types: types } = query;
      const messages = await deps.messages.list(
        { organizationId: context.organizationId, conversationId },
        { before: before ?? null, after: after ?? null, limit: Math.min(limit, largestPage), newest: order === 'desc' },
      );
      const presentation = await presentationsOf(deps, messages, context);
      const shown = messages.flatMap(message => presentMessage(message, presentation(message)));
      return types === undefined ? shown : shown.filter(message => types.includes(message.message_type));
    }),
    handleRoute(searchAllMessages, async ({ body }, context) => {
      const { found } = await search(deps, { ...body, roles: ['system', 'user', 'assistant'] }, context);
      const presentation = await presentationsOf(
        deps,
        found.map(({ message }) => message),
        context,
      );
      return found.flatMap(row => presentMessage(row.message, presentation(row.message)).flatMap(shown => flattened(shown, row)));
    }),
    handleRoute(searchMessages, async ({ body }, context) => {
      const asked = body.roles ?? ['user', 'assistant'];
      const { found } = await search(deps, { ...body, query: body.query ?? '', roles: asked.flatMap(rolesOf) }, context);
      return found.map(({ score, vectorRank, wordRank, ...row }) => ({
        embedded_text: searchText(row.message),
        message: presentStoredMessage(row.message, conversationOf(row)),
        fts_rank: wordRank,
        vector_rank: vectorRank,
        rrf_score: score,
      }));
    }),
  ];
}

/** Told of in a header. */
async function search(deps: MessageSearchRoutesDeps, wanted: WantedMessages, context: RequestContext): Promise<FoundMessages> {
  const found = await searchStoredMessages(deps, wanted, context);
  if (found.degraded) context.response.set(degradedHeader, 'true');
  return found;
}

/** V1 has one name for both sides of an approval, and one for what tools return. */
function rolesOf(role: string): MessageRole[] {
  switch (role) {
    case 'approval':
      return ['approval_request', 'approval_response'];
    case 'tool':
    case 'function':
      return ['tool'];
    case 'assistant':
    case 'user':
    case 'system':
    case 'summary':
      return [role];
    default:
      return [];
  }
}

async function presentationsOf(
  { agents }: MessageSearchRoutesDeps,
  messages: readonly Message[],
  { organizationId }: RequestContext,
): Promise<(message: Message) => MessagePresentation> {
  const types = await agents.typesOf(organizationId, [...new Set(messages.map(message => message.agentId))]);
  return message => presentationOf(types.get(message.agentId) ?? '', plainPresentation);
}

function flattened(shown: LettaMessage, row: RecordedMessage): readonly object[] {
  const { message } = row;
  const place = {
    message_id: message.id,
    agent_id: message.agentId,
    conversation_id: conversationOf(row),
    created_at: instantOrNull(message.createdAt),
  };
  switch (shown.message_type) {
    case 'system_message':
    case 'user_message':
    case 'assistant_message':
      return [{ message_type: shown.message_type, content: shown.content, ...place }];
    case 'reasoning_message':
      return [{ message_type: shown.message_type, reasoning: shown.reasoning, ...place }];
    default:
      return [];
  }
}

function conversationOf({ message, isInDefault }: RecordedMessage): string | null {
  return isInDefault ? null : message.conversationId;
}
