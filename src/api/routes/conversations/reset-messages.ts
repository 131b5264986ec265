import { randomUUID } from 'node:crypto';
import { defaultAgentType, isAgentType } from '../../../domain/agents/agent-type.js';
import { initialMessages } from '../../../domain/agents/initial-messages.js';
import { RequestError } from '../../../domain/errors.js';
import { defaultConversationId } from '../../../domain/runs/execution-ids.js';
import type { AgentRecord } from '../../../repositories/agent-record.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ConversationResetRepository } from '../../../repositories/conversation-reset.repository.js';
import type { RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { isNewSdk } from '../../sdk-version.js';
import { busy } from '../messages/send-message.js';

export interface ResetMessagesDeps {
  readonly agents: Pick<AgentsRepository, 'find'>;
  readonly conversationResets: ConversationResetRepository;
}

/** Empties the context of an agent's default conversation. Later SDKs get nothing back, the others the agent. */
export async function resetMessages(
  { agents, conversationResets }: ResetMessagesDeps,
  agentId: string,
  addInitialMessages: boolean,
  context: RequestContext,
): Promise<unknown> {
  const agent = await agents.find(context.organizationId, agentId);
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  const messages = addInitialMessages ? messagesOf(agent) : [];
  const result = await conversationResets.reset(context.organizationId, defaultConversationId(agentId), messages);
  if (result.kind === 'busy') throw busy(result.runId);
  if (isNewSdk(context.request)) return null;
  const emptied = await agents.find(context.organizationId, agentId);
  if (emptied === null) throw new RequestError('not-found', 'Agent not found');
  return presentAgent(emptied);
}

/** Those that an agent of its type starts with, without the system message. */
function messagesOf(agent: AgentRecord) {
  return initialMessages({
    agentType: isAgentType(agent.agentType) ? agent.agentType : defaultAgentType,
    sequence: null,
    system: '',
    model: agent.llmConfig.model,
    base: { agentId: agent.id, conversationId: defaultConversationId(agent.id) },
    time: { at: new Date(), timezone: agent.timezone },
    newMessageId: () => `message-${randomUUID()}`,
    newToolCallId: () => `call_${randomUUID()}`,
  }).slice(1);
}
