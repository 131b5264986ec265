import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionStatusName } from '@temporalio/client';
import { conversationWorkflowId } from '../domain/runs/execution-ids.js';
import type { OpenConversation } from '../repositories/reconcile.repository.js';
import { heldRunQuery, wakeSignal } from '../workflows/messages.js';
import type { ConversationInput, WakeMessage } from '../workflows/messages.js';
import { agentIdAttribute, attributesOfStart, conversationIdAttribute } from '../workflows/search-attributes.js';
import type { FirstRun } from '../workflows/search-attributes.js';
import { taskQueue } from './task-queues.js';

export interface ConversationClient {
  /**
   * Makes the conversation look at its rows, and starts its execution when none is open. `first` is what that execution will most likely begin with: what the UI
   * filters by is then there from the start, for a later change costs Temporal more than a local activity.
   */
  wake(conversation: ConversationInput, message?: WakeMessage, first?: FirstRun): Promise<void>;
  /** The state of the latest execution; null when there is none, or none any more. */
  status(conversation: ConversationInput): Promise<WorkflowExecutionStatusName | null>;
  /** The run that an open execution is busy with. Throws when no worker answers. */
  heldRun(conversation: ConversationInput): Promise<string | null>;
}

/** How long Temporal may take to answer, in ms. */
const requestTimeoutMs = 5000;

export function createConversationClient(client: Client): ConversationClient {
  const limited = <Result>(work: () => Promise<Result>): Promise<Result> => client.withDeadline(Date.now() + requestTimeoutMs, work);
  const idOf = ({ agentId, conversationId }: ConversationInput): string => conversationWorkflowId(agentId, conversationId);
  return {
    wake: (conversation, message = {}, first) =>
      limited(async () => {
        await client.workflow.signalWithStart('agentConversation', {
          workflowId: idOf(conversation),
          taskQueue,
          args: [{ agentId: conversation.agentId, conversationId: conversation.conversationId } satisfies ConversationInput],
          signal: wakeSignal,
          signalArgs: [message],
          // After a crash of a worker its open task is handed out again only when this has passed.
          workflowTaskTimeout: '5s',
          staticSummary: `conversation of ${conversation.agentId}`,
          typedSearchAttributes: [
            { key: agentIdAttribute, value: conversation.agentId },
            { key: conversationIdAttribute, value: conversation.conversationId },
            ...(first === undefined ? [] : attributesOfStart(first)),
          ],
        });
      }),

    status: conversation =>
      limited(async () => {
        try {
          return (await client.workflow.getHandle(idOf(conversation)).describe()).status.name;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return null;
          throw error;
        }
      }),

    heldRun: conversation => limited(() => client.workflow.getHandle(idOf(conversation)).query(heldRunQuery)),
  };
}

/** Has conversations look at their rows, and stop a started run that is to stop. */
export async function wakeConversations(client: Pick<ConversationClient, 'wake'>, open: readonly OpenConversation[]): Promise<void> {
  await Promise.all(
    open.map(({ startedRunId, isCancelled, ...conversation }) =>
      client.wake(conversation, isCancelled && startedRunId !== null ? { cancelRunId: startedRunId } : {}),
    ),
  );
}
