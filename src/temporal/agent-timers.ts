import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { agentWakeWorkflowId } from '../domain/runs/execution-ids.js';
import { sleepChangedSignal } from '../workflows/messages.js';
import { agentIdAttribute } from '../workflows/search-attributes.js';
import { taskQueue } from './task-queues.js';

export interface AgentTimers {
  /** Makes the timer of a sleeping agent look at the agent's row: it waits for what stands there, or ends. */
  refresh(agentId: string): Promise<void>;
  /** Ends the timer of an agent that is gone, if it has one. */
  end(agentId: string): Promise<void>;
}

export function createAgentTimers(client: Client): AgentTimers {
  return {
    async refresh(agentId) {
      await client.workflow.signalWithStart('wakeAgent', {
        workflowId: agentWakeWorkflowId(agentId),
        taskQueue,
        args: [{ agentId }],
        signal: sleepChangedSignal,
        signalArgs: [],
        staticSummary: `wakes ${agentId}`,
        typedSearchAttributes: [{ key: agentIdAttribute, value: agentId }],
      });
    },
    async end(agentId) {
      try {
        await client.workflow.getHandle(agentWakeWorkflowId(agentId)).signal(sleepChangedSignal);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
