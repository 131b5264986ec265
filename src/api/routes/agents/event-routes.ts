import { randomUUID } from 'node:crypto';
import { reportEvent, retrieveEvent } from '../../../contract/events.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentEventRecord, AgentEventsRepository } from '../../../repositories/agent-events.repository.js';
import type { EventWaitsRepository } from '../../../repositories/event-waits.repository.js';
import type { CallWaker } from '../../../temporal/call-waker.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { findConversation } from '../conversations/find-conversation.js';
import type { FindConversationDeps } from '../conversations/find-conversation.js';
import { requireAgent } from '../require-agent.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';

export interface EventRoutesDeps extends FindConversationDeps {
  readonly agents: Pick<AgentsRepository, 'exists' | 'find'>;
  readonly agentEvents: AgentEventsRepository;
  readonly eventWaits: Pick<EventWaitsRepository, 'waitingFor'>;
  readonly callWaker: CallWaker;
  readonly eventLimits: EventLimits;
  readonly onWakeFailed: (error: unknown, id: string) => void;
}

export interface EventLimits {
  readonly windowSeconds: number;
  readonly maxBytes: number;
}

/** What happens outside, told to agents that wait for it. */
export function eventRoutes(deps: EventRoutesDeps): MountedRoute[] {
  const { windowSeconds, maxBytes } = deps.eventLimits;
  return [
    handleRoute(reportEvent, async ({ params, body }, context) => {
      const agentId = params.agent_id;
      const { organizationId } = context;
      await requireAgent(deps.agents, agentId, context);
      const conversation = body.conversation_id == null ? null : await findConversation(deps, body.conversation_id, agentId, context);
      if (conversation !== null && conversation.agentId !== agentId) throw notFound('Conversation', body.conversation_id ?? '');
      const bytes = Buffer.byteLength(JSON.stringify(body.payload));
      if (bytes > maxBytes)
        throw new RequestError('unprocessable', `The payload has ${bytes} bytes; ${maxBytes} are allowed (PERDURA_EVENT_MAX_BYTES)`);
      const conversationId = conversation?.id ?? null;
      const { name, payload } = body;
      const event = {
        id: `event-${randomUUID()}`,
        organizationId,
        agentId,
        conversationId,
        name,
        payload,
        key: body.key ?? null,
        windowSeconds,
      };
      const kept = await deps.agentEvents.add(event);
      if (kept === null) throw notFound('Event', event.id);
      if (kept.takenBy === null) await wakeAll(deps, kept);
      return presentEvent(kept);
    }),
    handleRoute(retrieveEvent, async ({ params }, { organizationId }) => {
      const event = await deps.agentEvents.find(organizationId, params.agent_id, params.event_id);
      if (event === null) throw notFound('Event', params.event_id);
      return presentEvent(event);
    }),
  ];
}

/** The event is kept: who cannot be woken now is woken by reconcile. */
async function wakeAll({ eventWaits, callWaker, onWakeFailed }: EventRoutesDeps, event: AgentEventRecord): Promise<void> {
  const calls = await eventWaits.waitingFor(event.agentId, event.conversationId, event.name);
  await Promise.all(calls.map(callId => callWaker.wake(callId).catch((error: unknown) => onWakeFailed(error, callId))));
}

function presentEvent(event: AgentEventRecord) {
  return {
    id: event.id,
    agent_id: event.agentId,
    conversation_id: event.conversationId,
    name: event.name,
    payload: event.payload,
    key: event.key,
    created_at: event.createdAt.toISOString(),
    expires_at: event.expiresAt.toISOString(),
    delivered_at: event.takenAt?.toISOString() ?? null,
    delivered_to: event.takenBy,
  };
}
