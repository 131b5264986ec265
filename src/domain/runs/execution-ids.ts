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

/** `pass` = `<step number>-<ordinal of the model call>` */
export function summarizeWorkflowId(runId: string, pass: string): string {
  return `run/${runId}/summarize/${pass}`;
}

export const reconcileWorkflowId = 'reconcile';
