import type { Client } from '@temporalio/client';
import type { LoopTimeouts } from '../domain/agent-loop/loop-types.js';
import { toolTrialWorkflowId } from '../domain/runs/execution-ids.js';
import type { StartableTrial } from '../repositories/tool-trials.repository.js';
import { agentIdAttribute } from '../workflows/search-attributes.js';
import type { ToolTrialInput } from '../workflows/tool-trial.workflow.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface ToolTrialClient {
  /** Sees to it that a trial is carried out. One that is under way stays as it is. */
  start(trial: StartableTrial): Promise<void>;
  /** Resolves when the latest execution has ended, however; throws when there is none, or Temporal does not answer, or the signal aborts. */
  untilEnded(id: string, signal: AbortSignal): Promise<void>;
}

export function createToolTrialClient(client: Client, timeouts: LoopTimeouts): ToolTrialClient {
  return {
    start: ({ id, agentId, call }) =>
      withinTask(client, async () => {
        await client.workflow.start('toolTrial', {
          workflowId: toolTrialWorkflowId(id),
          taskQueue,
          args: [{ trialId: id, call, timeouts } satisfies ToolTrialInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowTaskTimeout: '5s',
          staticSummary: `tool ${call.toolName}, outside of any run`,
          typedSearchAttributes: agentId === null ? [] : [{ key: agentIdAttribute, value: agentId }],
        });
      }),
    untilEnded: (id, signal) => client.withAbortSignal(signal, () => client.workflow.getHandle(toolTrialWorkflowId(id)).result()),
  };
}
