import type { MessageSearchFields } from '../../../contract/message-search.contract.js';
import type { MessageRole } from '../../../domain/messages/message.js';
import type { FoundMessages, MessageSearcher } from '../../../domain/search/message-search.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { MessageSearchRepository } from '../../../repositories/message-search.repository.js';
import type { RequestContext } from '../../mount-route.js';
import { queryInstant } from '../query-instant.js';
import { requireAgent } from '../require-agent.js';

export interface StoredMessageSearchDeps {
  readonly agents: Pick<AgentsRepository, 'exists'>;
  readonly messageSearch: Pick<MessageSearchRepository, 'conversationsOf'>;
  readonly messageSearcher: MessageSearcher;
}

export interface WantedMessages extends MessageSearchFields {
  readonly query: string;
  readonly roles: readonly MessageRole[];
  readonly project_id?: string | null | undefined;
  readonly template_id?: string | null | undefined;
}

/** Messages by their words and by their meaning, in the whole organisation or in a part of it. */
export async function searchStoredMessages(
  deps: StoredMessageSearchDeps,
  wanted: WantedMessages,
  context: Pick<RequestContext, 'organizationId' | 'signal'>,
): Promise<FoundMessages> {
  const agentId = wanted.agent_id ?? null;
  const times = {
    startAt: queryInstant(wanted.start_date ?? undefined, 'start_date') ?? null,
    endAt: queryInstant(wanted.end_date ?? undefined, 'end_date') ?? null,
  };
  if (agentId !== null) await requireAgent(deps.agents, agentId, context);
  const { organizationId } = context;
  const place = {
    agentId,
    conversation: wanted.conversation_id ?? null,
    projectId: wanted.project_id ?? null,
    templateId: wanted.template_id ?? null,
  };
  const isAnywhere = place.conversation === null && place.projectId === null && place.templateId === null;
  return deps.messageSearcher.search(
    {
      organizationId,
      agentId,
      conversationIds: isAnywhere ? null : await deps.messageSearch.conversationsOf(organizationId, place),
      roles: wanted.roles,
      ...times,
      query: wanted.query,
      mode: wanted.search_mode,
      limit: wanted.limit,
    },
    context.signal,
  );
}
