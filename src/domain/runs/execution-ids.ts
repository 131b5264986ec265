import type { ToolCallInput } from '../agent-loop/loop-types.js';

/** Workflow ids and the idempotency keys that derive from them: docs/design/workflows.md lists them all. */

/** An agent's default conversation has the agent's uuid. */
export function defaultConversationId(agentId: string): string {
  return `conv-${agentId.slice('agent-'.length)}`;
}

export function conversationWorkflowId(agentId: string, conversationId: string): string {
  return conversationId === defaultConversationId(agentId) ? `agent/${agentId}/default` : `conv/${conversationId}`;
}

/** `stepNumber` counts from 1 in each run. */
export function stepWorkflowId(runId: string, stepNumber: number): string {
  return `run/${runId}/step/${stepNumber}`;
}

/** The workflow id of a call, the id of its row, and its idempotency key for the outside world. `index` = its position in the step, from 0. */
export function toolCallId(runId: string, stepNumber: number, index: number): string {
  return `${stepWorkflowId(runId, stepNumber)}/tool/${index}`;
}

/** A call that another run carries out keeps the id of the step that made it: it is one call, however often it is taken up. */
export function callIdOf({ runId, stepNumber, call, origin }: ToolCallInput): string {
  return toolCallId(origin?.runId ?? runId, origin?.stepNumber ?? stepNumber, call.index);
}

/** The timer of the request that a run has ended with. */
export function approvalDeadlineWorkflowId(runId: string): string {
  return `approval/${runId}`;
}

/** `pass` = `<step number>-<ordinal of the model call>`; null when a command asked for it, whose id then stands in the place of the run's. */
export function summarizeWorkflowId(runId: string, pass: string | null): string {
  return pass === null ? `command/${runId}/summarize` : `run/${runId}/summarize/${pass}`;
}

/** The timer of a sleeping agent. */
export function agentWakeWorkflowId(agentId: string): string {
  return `agent/${agentId}/wake`;
}

export function jobWorkflowId(jobId: string): string {
  return `job/${jobId}`;
}

/** Reads an uploaded file. */
export function fileIngestWorkflowId(fileId: string): string {
  return `file/${fileId}`;
}

export function callbackWorkflowId(runId: string): string {
  return `callback/${runId}`;
}

export function generationWorkflowId(generationId: string): string {
  return `generation/${generationId}`;
}

/** One call of a tool outside of any run. */
/** Undoes what the tools of a run did. */
export function compensationWorkflowId(runId: string): string {
  return `run/${runId}/compensate`;
}

export function toolTrialWorkflowId(trialId: string): string {
  return `tool-trial/${trialId}`;
}

/** Tells one vector store of the changes of the record. */
export function carryVectorsWorkflowId(store: string): string {
  return `vectors/${store}`;
}

export const reconcileWorkflowId = 'reconcile';
export const retentionWorkflowId = 'retention';
export const embedMessagesWorkflowId = 'embed-messages';
