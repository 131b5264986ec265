import {
  reorderAgentQueue,
  reorderConversationQueue,
  retrieveAgentQueue,
  retrieveConversationQueue,
} from '../../../contract/queue.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { defaultConversationId } from '../../../domain/runs/execution-ids.js';
import type { RunQueue, RunQueueRepository } from '../../../repositories/run-queue.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';

export interface QueueRoutesDeps {
  readonly runQueues: RunQueueRepository;
}

/** The runs of a conversation that wait; an agent's are those of its default conversation. They are cancelled as all runs are. */
export function queueRoutes({ runQueues }: QueueRoutesDeps): MountedRoute[] {
  const show = async (conversationId: string, missing: string, context: RequestContext) => {
    const queue = await runQueues.find(context.organizationId, conversationId);
    if (queue === null) throw new RequestError('not-found', missing);
    return presentQueue(queue);
  };
  const reorder = async (conversationId: string, missing: string, runIds: readonly string[], context: RequestContext) => {
    await show(conversationId, missing, context);
    if (new Set(runIds).size !== runIds.length) throw new RequestError('unprocessable', "'run_ids' names a run twice");
    const outcome = await runQueues.reorder(conversationId, runIds);
    if (outcome.kind === 'not-queued') {
      throw new RequestError('conflict', `These runs do not wait in this conversation, or not any more: ${outcome.runIds.join(', ')}`);
    }
    return show(conversationId, missing, context);
  };
  const noAgent = 'Agent not found';
  const noConversation = (id: string): string => `Conversation with id ${id} not found`;
  return [
    handleRoute(retrieveAgentQueue, ({ params }, context) => show(defaultConversationId(params.agent_id), noAgent, context)),
    handleRoute(reorderAgentQueue, ({ params, body }, context) =>
      reorder(defaultConversationId(params.agent_id), noAgent, body.run_ids, context),
    ),
    handleRoute(retrieveConversationQueue, ({ params }, context) =>
      show(params.conversation_id, noConversation(params.conversation_id), context),
    ),
    handleRoute(reorderConversationQueue, ({ params, body }, context) =>
      reorder(params.conversation_id, noConversation(params.conversation_id), body.run_ids, context),
    ),
  ];
}

function presentQueue(queue: RunQueue) {
  return {
    agent_id: queue.agentId,
    conversation_id: queue.conversationId,
    active_run_id: queue.activeRunId,
    runs: queue.queued.map(run => ({
      run_id: run.id,
      created_at: run.createdAt.toISOString(),
      background: run.background,
      input_preview: run.preview,
      cancel_requested: run.cancelled,
    })),
  };
}
