import { notFound, RequestError } from '../../../domain/errors.js';
import { isId } from '../../../domain/ids.js';
import { defaultConversationId } from '../../../domain/runs/execution-ids.js';
import { noParts } from '../../../repositories/agent-record.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ConversationsRepository } from '../../../repositories/conversations.repository.js';
import type { RequestContext } from '../../mount-route.js';

export interface FindConversationDeps {
  readonly agents: Pick<AgentsRepository, 'find'>;
  readonly conversationRows: Pick<ConversationsRepository, 'find'>;
}

export interface FoundConversation {
  /** Of its row. */
  readonly id: string;
  readonly agentId: string;
  readonly agentType: string;
  /** The agent's own, which the wire shows as none. */
  readonly isDefault: boolean;
  /** A handle that comes before the agent's. */
  readonly model: string | null;
}

/** The conversation that a path means: `conv-…`, `default` of the agent that the request names, or an agent's id for its default one. */
export async function findConversation(
  { agents, conversationRows }: FindConversationDeps,
  pathId: string,
  namedAgentId: string | null | undefined,
  context: Pick<RequestContext, 'organizationId'>,
): Promise<FoundConversation> {
  if (isId('conv', pathId)) {
    const found = await conversationRows.find(context.organizationId, pathId);
    if (found === null) throw notFound('Conversation', pathId);
    return { id: found.id, agentId: found.agentId, agentType: found.agentType, isDefault: false, model: found.model };
  }
  const agentId = pathId === 'default' ? namedAgentId : pathId;
  if (agentId == null) throw new RequestError('invalid', "agent_id is required when the conversation is 'default'");
  const agent = await agents.find(context.organizationId, agentId, noParts);
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  return { id: defaultConversationId(agent.id), agentId: agent.id, agentType: agent.agentType, isDefault: true, model: null };
}
