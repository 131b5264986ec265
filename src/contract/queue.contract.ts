import { z } from 'zod';
import { instant, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';

/** Operations of this server, beside V1: the runs of a conversation that have been accepted and wait. */
const queue = z.object({
  agent_id: z.string(),
  conversation_id: z.string(),
  /** The run that is being executed, or is held. */
  active_run_id: z.string().nullable(),
  /** In the order in which they will start. */
  runs: z.array(
    z.object({
      run_id: z.string(),
      created_at: instant,
      background: z.boolean(),
      input_preview: z.string(),
      cancel_requested: z.boolean(),
    }),
  ),
});
const order = z.object({ run_ids: z.array(z.string()).min(1) });
const tag = 'queue';
const ofAgent = {
  path: '/v1/agents/{agent_id}/queue',
  params: z.object({ agent_id: pathId('agent') }),
  tag,
  query: nothing,
  response: queue,
};
const ofConversation = {
  path: '/v1/conversations/{conversation_id}/queue',
  params: z.object({ conversation_id: pathId('conv') }),
  tag,
  query: nothing,
  response: queue,
};
const reorder = {
  method: 'patch',
  body: order,
  summary: 'Put waiting runs in another order; those that are not named follow in theirs',
} as const;

export const retrieveAgentQueue = defineRoute({
  ...ofAgent,
  operationId: 'retrieve_agent_queue',
  method: 'get',
  summary: "List the waiting runs of an agent's default conversation",
  body: nothing,
});
export const reorderAgentQueue = defineRoute({ ...ofAgent, ...reorder, operationId: 'reorder_agent_queue' });
export const retrieveConversationQueue = defineRoute({
  ...ofConversation,
  operationId: 'retrieve_conversation_queue',
  method: 'get',
  summary: 'List the waiting runs of a conversation',
  body: nothing,
});
export const reorderConversationQueue = defineRoute({ ...ofConversation, ...reorder, operationId: 'reorder_conversation_queue' });
