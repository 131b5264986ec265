import { z } from 'zod';
import { instant, key, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';

/** Operations of this server, beside V1: what happens outside, for the tool wait_for_event. */
const longestName = 200;

export const agentEvent = z
  .object({
    id: z.string(),
    agent_id: z.string(),
    conversation_id: z.string().nullable(),
    name: z.string(),
    payload: z.unknown(),
    key: z.string().nullable(),
    created_at: instant,
    expires_at: instant,
    delivered_at: instant.nullable(),
    delivered_to: z.string().nullable(),
  })
  .meta({ id: 'AgentEvent' });

export const reportEvent = defineRoute({
  operationId: 'report_agent_event',
  method: 'post',
  path: '/v1/agents/{agent_id}/events',
  tag: 'agents',
  summary: 'Report an event to an agent: the first call of wait_for_event that waits for its name, or begins to soon, gets it, once',
  params: z.object({ agent_id: pathId('agent') }),
  query: nothing,
  body: z.object({
    name: z.string().min(1).max(longestName),
    payload: z.unknown().default(null),
    conversation_id: z.string().nullish(),
    key: key.min(1).nullish(),
  }),
  response: agentEvent,
});

export const retrieveEvent = defineRoute({
  operationId: 'retrieve_agent_event',
  method: 'get',
  path: '/v1/agents/{agent_id}/events/{event_id}',
  tag: 'agents',
  summary: 'Whether an event has been given to the agent',
  params: z.object({ agent_id: pathId('agent'), event_id: pathId('event') }),
  query: nothing,
  body: nothing,
  response: agentEvent,
});
