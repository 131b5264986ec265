import type { Client } from '@temporalio/client';
import type { ModelTimeouts } from '../domain/agent-loop/loop-types.js';
import { generationWorkflowId } from '../domain/runs/execution-ids.js';
import type { GenerateInput } from '../workflows/generate.workflow.js';
import { agentIdAttribute } from '../workflows/search-attributes.js';
import { taskQueue } from './task-queues.js';
import { withinTask } from './within-task.js';

export interface GenerationClient {
  /** Sees to it that a generation is carried out. One that is under way stays as it is. */
  start(generation: { readonly id: string; readonly agentId: string }): Promise<void>;
  /** Resolves when the latest execution has ended, however; throws when there is none, or Temporal does not answer, or the signal aborts. */
  untilEnded(id: string, signal: AbortSignal): Promise<void>;
}

export function createGenerationClient(client: Client, timeouts: ModelTimeouts): GenerationClient {
  return {
    start: ({ id, agentId }) =>
      withinTask(client, async () => {
        await client.workflow.start('generate', {
          workflowId: generationWorkflowId(id),
          taskQueue,
          args: [{ generationId: id, timeouts } satisfies GenerateInput],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowTaskTimeout: '5s',
          staticSummary: `a text of the model of ${agentId}`,
          typedSearchAttributes: [{ key: agentIdAttribute, value: agentId }],
        });
      }),
    untilEnded: (id, signal) => client.withAbortSignal(signal, () => client.workflow.getHandle(generationWorkflowId(id)).result()),
  };
}
