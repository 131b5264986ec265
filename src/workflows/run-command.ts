import { CancellationScope } from '@temporalio/workflow';
import type { LoopOutcome, RunWork } from '../domain/agent-loop/loop-types.js';
import { summarizeWorkflowId } from '../domain/runs/execution-ids.js';
import { record } from './activity-proxies.js';
import { runChild } from './run-child.js';
import { summarize } from './summarize.workflow.js';

/** Executes a command on a conversation's context, between runs. What it has done stands in the database; the end only says whether it could be done. */
export async function runCommand(work: RunWork): Promise<LoopOutcome> {
  if (work.lastStop !== null) return { kind: 'stop', end: work.lastStop };
  if (work.command === 'undo_compaction') {
    await CancellationScope.nonCancellable(() => record.undoCompaction({ commandId: work.runId }));
    return { kind: 'stop', end: { stopReason: 'end_turn', error: null } };
  }
  return compact(work);
}

async function compact(work: RunWork): Promise<LoopOutcome> {
  const { runId, agentId, conversationId, timeouts } = work;
  const order = { runId, conversationId, stepNumber: null, pass: null, trigger: 'manual', isPressing: false, timeouts } as const;
  const outcome =
    work.isolation === 'inline'
      ? await summarize(order)
      : await runChild(summarize, order, {
          agentId,
          conversationId,
          runId,
          workflowId: summarizeWorkflowId(runId, null),
          summary: 'compaction: manual',
        });
  if (outcome.kind !== 'failed') return { kind: 'stop', end: { stopReason: 'end_turn', error: null } };
  if (outcome.end !== undefined) return { kind: 'stop', end: outcome.end };
  const message = 'The conversation could not be compacted.';
  return { kind: 'stop', end: { stopReason: 'error', error: { type: 'llm_error', message, detail: outcome.message, status: 502 } } };
}
